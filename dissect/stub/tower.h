/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef DISSECT_STUB_TOWER_H
#define DISSECT_STUB_TOWER_H

#include "dissect/fact.h"
#include "wire/bytes.h"

/* A protocol tower, the octets of one twr_t. Protocols that are not known are passed over. False: malformed. */
bool tower_read(struct bytes octets, struct fact_tower *tower);

#endif
