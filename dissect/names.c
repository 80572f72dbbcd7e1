/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/names.h"

#include "dissect/ntlm.h"

#include <string.h>

static void tell(const struct teller *teller, const struct ntlm_names *names, const struct sighting *seen) {
    for (unsigned source = 0; source < NTLM_NAMES; source++) {
        if (names->names[source][0] == '\0')
            continue;
        struct fact fact;
        teller_begin(teller, &fact, FACT_SERVER_NAME, seen);
        fact.name.source = (enum name_source)source;
        memcpy(fact.name.name, names->names[source], sizeof fact.name.name);
        teller_tell(teller, &fact);
    }
}

bool names_tell(struct teller *teller, struct bytes token, const struct sighting *seen) {
    struct bytes challenge;
    struct ntlm_names names;
    if (!ntlm_find(token, &challenge))
        return false;
    if (ntlm_read(challenge, &names))
        tell(teller, &names, seen);
    else
        teller_malformed(teller, MALFORMED_NTLM, FROM_SERVER, seen);
    return true;
}
