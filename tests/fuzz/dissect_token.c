/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Authentication tokens: an NTLM CHALLENGE or a Kerberos AP-REQ, raw or wrapped in anything. */
#include "dissect/who/kerberos.h"
#include "dissect/who/ntlm.h"
#include "tests/fuzz/fuzz.h"

static void read_challenge(struct bytes challenge) {
    struct ntlm_names names;
    if (!ntlm_read(challenge, &names))
        return;
    for (size_t i = 0; i < NTLM_NAMES; i++)
        REQUIRE(is_sound_text(names.names[i], sizeof names.names[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char service[FACT_TEXT_SIZE];
    struct bytes token = {data, size}, challenge;
    if (ntlm_find(token, &challenge)) {
        REQUIRE(challenge.at >= data && challenge.at + challenge.len == data + size);
        read_challenge(challenge);
    } else {
        read_challenge(token);
    }
    if (kerberos_service(token, service))
        REQUIRE(service[0] != '\0' && is_sound_text(service, sizeof service));
    return 0;
}
