/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_DISSECT_VECTORS_H
#define TESTS_DISSECT_VECTORS_H

/* PDUs as hex, made by hand and checked with a second decoder. Client 10.0.0.50, the mapper asked at 10.0.1.20, the
 * interface STORE bound at 10.0.0.20:1112. */
extern const char VECTOR_BIND_EPM[];                  /* NT4-style: one context, odd call_id 0x54004E */
extern const char VECTOR_BIND_ACK_EPM[];              /* sec_addr "135" */
extern const char VECTOR_EPT_MAP_REQ[];               /* opnum 3, call_id 1 */
extern const char VECTOR_EPT_MAP_RESP_1TOWER[];       /* P=1112, tower IP=B while A was queried (S4) */
extern const char VECTOR_EPT_MAP_RESP_NONE[];         /* 0x16c9a0d6 */
extern const char VECTOR_BIND_NAK_VERSION[];          /* reason 4, supports 5.0 */
extern const char VECTOR_BIND_ACK_REJECT[];           /* (2,1) */
extern const char VECTOR_FAULT_UNK_IF[];              /* 0x1c010003, DID_NOT_EXECUTE */
extern const char VECTOR_SERVERALIVE2_RESP[];         /* EXNODE1, B, A */
extern const char VECTOR_BIND_EPM_NDR_NDR64_BTFN[];   /* 3 contexts */
extern const char VECTOR_BIND_ACK_EPM_NDR64[];        /* (2,2),(0,0),(3,3): accepted */
extern const char VECTOR_EPT_MAP_REQ_NDR64[];         /* ctx 1 */
extern const char VECTOR_EPT_MAP_RESP_NDR64_1TOWER[]; /* ept_map_resp_ndr64_1tower */
extern const char VECTOR_EPT_MAP_RESP_NDR64_NONE[];   /* ept_map_resp_ndr64_none */
extern const char VECTOR_EPT_LOOKUP_REQ[];            /* all entries */
extern const char VECTOR_EPT_LOOKUP_RESP_2[];         /* 2 entries with annotations */
extern const char VECTOR_CL_EPT_MAP_REQ[];            /* the same question over UDP */

#endif
