/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_DCOM_H
#define DISSECT_STUB_DCOM_H

#include "dissect/stub/dualstring.h"

/* The answers in which DCOM tells how a server is reached (MS-DCOM 3.1.2.5), on port 135 as a rule. */

enum dcom_call {
    DCOM_RESOLVE_OXID,  /* IObjectExporter 0 */
    DCOM_RESOLVE_OXID2, /* IObjectExporter 4 */
    DCOM_SERVER_ALIVE2, /* IObjectExporter 5 */
    DCOM_ACTIVATION,    /* IActivation 0, RemoteActivation */
    DCOM_PROPERTIES,    /* IRemoteSCMActivator 3 and 4, RemoteGetClassObject and RemoteCreateInstance */
};

extern const struct syntax_id SYNTAX_OBJECT_EXPORTER; /* 99fcfec4-5260-101b-bbcb-00aa0021347a 0.0 */
extern const struct syntax_id SYNTAX_ACTIVATION;      /* 4d9f4ab8-7d1c-11cf-861e-0020af6e7c57 0.0 */
extern const struct syntax_id SYNTAX_SCM_ACTIVATOR;   /* 000001a0-0000-0000-c000-000000000046 0.0 */

/* False: malformed. told->count is 0 where nothing is told, as in an answer that is an error. What is left of the stub
 * is the caller's to judge. */
bool dcom_answer_read(struct reader *stub, enum encoding encoding, enum dcom_call call, struct dualstrings *told);

#endif
