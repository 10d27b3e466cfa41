/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tell.h - steps told, one format per file tell_FORMAT.c.
 */
#ifndef SIM_TELL_H
#define SIM_TELL_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/changes.h"
#include "sim/step.h"

/* An event that is over, as far as one can still want to know. */
struct past {
	uint64_t number;
	enum event_kind kind;
	uint32_t line;
	char file[160];			/* a copy; may be empty */
};

/* A step, and what it led to. */
struct telling {
	const struct step *step;
	const struct change *change;
	size_t changes;
	struct sim *sim;
	/* The event that an access should have seen; NULL: not known. */
	const struct past *missed;
	/* At the end of an `inspect`: what it printed. */
	char *const *inspected;
	size_t nr_inspected;
};

/* What stands above. */
struct tale_head {
	const char *trace, *title, *policy, *machine;
	const char *question;		/* "": none */
};

struct tale {
	FILE *to;
	bool color;
	const struct mmu_profile *profile;
	const struct teller *teller;
	/* What stands below, known when the end is told; or NULL. */
	const char *answer;
	/* Private to the format. */
	uint64_t told;			/* steps, or accesses of this event */
	uint64_t hits, walks, faults;	/* accesses that were not told */
	uint64_t cycles;
	size_t bytes;			/* written so far ... */
	uint64_t left_out;		/* ... and steps that found no room */
	uint64_t now, before;		/* at this step, at the one before */
	uint64_t named, busy;		/* CPUs that have a name; and a part in
					   this event */
	uint64_t arrows;
	uint64_t batches[2];		/* avoided, performed */
};

struct teller {
	const char *name, *suffix;
	void (*begin)(struct tale *tale, const struct tale_head *head);
	void (*step)(struct tale *tale, const struct telling *telling);
	void (*end)(struct tale *tale);
	/* Will the changes of this step not be told?  Then they are told with
	 * a later one, and nobody looks for them now.  NULL: never. */
	bool (*skips)(const struct tale *tale, const struct step *step);
};
extern const struct teller teller_text, teller_json, teller_html,
	teller_perfetto;
/* All of them, NULL-terminated; text first. */
extern const struct teller *const tellers[];

/* An event in one sentence. */
struct sentence {
	char text[240];
};
struct sentence tell_event(const struct event *event);

/* The levels of a translation, its page, what became cached, its cost. */
void tell_walk(struct tale *tale, const struct telling *telling);
/* What changed in the caches. */
void tell_changes(struct tale *tale, const struct telling *telling);

#endif /* SIM_TELL_H */
