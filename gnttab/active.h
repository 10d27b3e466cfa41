/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * active.h - active entries: what is pinned through each reference.
 *
 * The pin word has four counters, of mappings for the host's CPUs and for
 * devices, writable and read-only:
 *
 *    31    24 23    16 15     8 7      0
 *   [  devr  |  devw  |  hstr  |  hstw  ]
 */
#ifndef GNTTAB_ACTIVE_H
#define GNTTAB_ACTIVE_H

#include "gnttab/machine.h"

#define PIN_HSTW 0x00000001u
#define PIN_HSTR 0x00000100u
#define PIN_DEVW 0x00010000u
#define PIN_DEVR 0x01000000u
#define PIN_WRITERS (0xff * (PIN_HSTW | PIN_DEVW))

/* The parts that a mapping may have, each with a pin and a reference. */
#define MAP_PARTS (GNTMAP_host_map | GNTMAP_device_map)

/* Of a function beside the way that most claims take: what it needs is not
 * that one's to save. */
#define RARE __attribute__((noinline, cold))

struct active_entry {
	struct machine_lock lock;
	grant_ref_t ref;  /* constant: which entry it is, ... */
	uint32_t *shared; /* ... and where that is, in version 1 */
	uint32_t pin;
	/* While pin is not 0, and these do not change then: */
	domid_t grantee;
	bool sub_page;		/* not to be mapped */
	uint16_t start, length; /* of what may be copied */
	/* of a transitive entry, which entry it stands for, or NULL */
	grant_ref_t referent_ref;
	struct grant_table *referent;
	mfn_t mfn;
};

enum claim_kind {
	CLAIM_MAP,
	CLAIM_COPY,
	CLAIM_REFERENT, /* a copy through a transitive grant: no second one */
};

/* What a map or a copy asks of a granter. */
struct claim {
	struct grant_table *granter;
	grant_ref_t ref;
	domid_t grantee;
	uint32_t pins; /* added to the pin word */
	enum claim_kind kind;
};

/* No status of the ABI: an entry on the way changed, try again. */
#define CLAIM_AGAIN 1

static inline bool pins_write(uint32_t pins)
{
	return pins & PIN_WRITERS;
}

/* The pins of a mapping with GNTMAP_* @flags. */
static inline uint32_t map_pins(uint32_t flags)
{
	static const uint32_t pins[] = {
		[GNTMAP_host_map] = PIN_HSTW,
		[GNTMAP_device_map] = PIN_DEVW,
		[MAP_PARTS] = PIN_HSTW + PIN_DEVW,
		[GNTMAP_host_map | GNTMAP_readonly] = PIN_HSTR,
		[GNTMAP_device_map | GNTMAP_readonly] = PIN_DEVR,
		[MAP_PARTS | GNTMAP_readonly] = PIN_HSTR + PIN_DEVR,
	};

	return pins[flags & (MAP_PARTS | GNTMAP_readonly)];
}

/* The reference on the granted frame that goes with a host or device part:
 * with the type when it may write. */
static inline enum machine_hold claim_hold(const struct claim *c)
{
	return pins_write(c->pins) ? MACHINE_HOLD_WRITABLE : MACHINE_HOLD;
}

/*
 * Pin the entry for @c, tell the guest so in GTF_reading and GTF_writing and
 * take one claim_hold() reference on the frame.  A transitive entry pins the
 * one that it stands for as well.  GNTST_okay with *@pinned the entry, which
 * says what was got; on a failure, or CLAIM_AGAIN, nothing has changed.
 */
int16_t active_claim(struct cpu *cpu, const struct claim *c,
		     struct active_entry **pinned);

/* Take back @pins, and the status bits that no pin keeps. */
void active_release(struct cpu *cpu, const struct grant_table *granter,
		    struct active_entry *act, uint32_t pins);
/* Those status bits, of pins that have been taken back before. */
void active_reduce(struct cpu *cpu, const struct grant_table *granter,
		   struct active_entry *act, uint32_t pins);

#endif /* GNTTAB_ACTIVE_H */
