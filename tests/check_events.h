/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_events.h - what stands in a trace before the events of these tests. */
#ifndef TESTS_CHECK_EVENTS_H
#define TESTS_CHECK_EVENTS_H

static const char header[] = "tlbsim: 1\n"
			     "machine: small\n"
			     "cpus: 4\n"
			     "domains:\n"
			     "  - {id: 0, hardware: true, memory: 64M}\n"
			     "  - {id: 1, memory: 16M, grant_frames: 2}\n";

/* Binds h[0] to h[3], k[5], and the call c. */
static const char before[] =
	"events:\n"
	"  - map: {domain: 0, ref: 8..11, from: 1, at: 0x1000.., as: h}\n"
	"  - map: {domain: 0, ref: 8, from: 1, at: 0x9000, as: 'k[5]',"
	" call: c}\n";
#define EVENTS_BEFORE 2

#endif /* TESTS_CHECK_EVENTS_H */
