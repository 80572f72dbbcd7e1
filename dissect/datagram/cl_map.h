/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_DATAGRAM_CL_MAP_H
#define DISSECT_DATAGRAM_CL_MAP_H

#include "dissect/datagram/cl_table.h"

/* The endpoint mapper's calls over UDP: their stubs put together and read; calls to others are passed over. */

/* A request of the activity's conversation; is_new: no part of its call was seen before. */
void cl_map_question(struct cl_table *table, struct cl_activity *activity, const struct cl_pdu *pdu, bool is_new,
                     const struct sighting *seen);
void cl_map_answer(struct cl_table *table, struct cl_activity *activity, const struct cl_pdu *pdu,
                   const struct sighting *seen);

#endif
