/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dissect/who/names.h"

#include "dissect/who/kerberos.h"
#include "dissect/who/ntlm.h"

#include <string.h>

static void tell(const struct teller *teller, enum name_source source, const char name[static FACT_TEXT_SIZE],
                 const struct sighting *seen) {
    struct fact fact;
    teller_begin(teller, &fact, FACT_SERVER_NAME, seen);
    fact.name.source = source;
    memcpy(fact.name.name, name, sizeof fact.name.name);
    teller_tell(teller, &fact);
}

static bool tell_challenge(struct teller *teller, struct bytes token, const struct sighting *seen) {
    struct bytes challenge;
    struct ntlm_names names;
    if (!ntlm_find(token, &challenge))
        return false;
    if (!ntlm_read(challenge, &names))
        teller_malformed(teller, MALFORMED_NTLM, FROM_SERVER, seen);
    else
        for (unsigned source = 0; source < NTLM_NAMES; source++)
            if (names.names[source][0] != '\0')
                tell(teller, (enum name_source)source, names.names[source], seen);
    return true;
}

static bool tell_service(const struct teller *teller, struct bytes token, const struct sighting *seen) {
    char service[FACT_TEXT_SIZE] = {0};
    if (!kerberos_service(token, service))
        return false;
    tell(teller, NAME_KERBEROS_SERVICE, service, seen);
    return true;
}

bool names_tell(struct teller *teller, struct bytes token, enum direction from, const struct sighting *seen) {
    return from == FROM_SERVER ? tell_challenge(teller, token, seen) : tell_service(teller, token, seen);
}
