/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/proof.h"

#include <stdio.h>

char *proof_words(const struct proof *proof, char words[static PROOF_WORDS_SIZE]) {
    char endpoint[ENDPOINT_TEXT_SIZE] = "";
    char client[ADDRESS_TEXT_SIZE] = "";
    char times[40] = "";
    bool at_endpoint = proof->endpoint.port != 0;
    bool of_client = proof->client.family != ADDRESS_NONE;
    if (at_endpoint)
        endpoint_text(&proof->endpoint, endpoint);
    if (of_client)
        address_text(&proof->client, client);
    if (proof->count > 1)
        snprintf(times, sizeof times, ", %llu times", (unsigned long long)proof->count);
    snprintf(words, PROOF_WORDS_SIZE, "%s%s%s%s%s%s", proof_text(proof->kind, proof->transport),
             at_endpoint ? ", " : "", endpoint, of_client ? ", client " : "", client, times);
    return words;
}
