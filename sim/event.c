/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event.c - the events by name. */
#include "sim/event.h"

const char *const event_names[EVENT_KINDS + 1] = {
#define X(name, text) [EVENT_##name] = #name,
	SIM_EVENTS(X)
#undef X
};

const char *const event_texts[EVENT_KINDS] = {
#define X(name, text) [EVENT_##name] = text,
	SIM_EVENTS(X)
#undef X
};
