/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle_walk.c - what the manuals say one access does, case by case.
 *
 * Follows the text of SDM vol. 3A, "4-Level Paging and 5-Level Paging",
 * "Determination of Access Rights", "Protection Keys", "Page-Fault Exceptions"
 * and "Accessed and Dirty Flags", and of APM vol. 2, "Page-Protection Checks",
 * paragraph by paragraph.  Where they leave a choice (is A set above an entry
 * that faults?) it says what an Intel core does in order: yes.
 */
#include "config.h"

#include "tests/oracle_walk.h"

static bool bit(uint64_t value, unsigned number)
{
	return value >> number & 1;
}

static bool any_bit(uint64_t value, unsigned last, unsigned first)
{
	for (unsigned number = first; number <= last; number++)
		if (bit(value, number))
			return true;
	return false;
}

static unsigned top_level(const struct oracle_case *c)
{
	return c->mode == ORACLE_4_LEVEL ? 4 : 2;
}

static bool maps_page(const struct oracle_case *c, unsigned level)
{
	if (c->mode == ORACLE_32_BIT && !c->pse)
		return level == 1;
	return level == 1 || bit(c->entry[level], 7);
}

/* "Use of CR3 and the PDE with 32-bit paging": M is at most 40, and the PDE of
 * a 4-MByte page has bits M-1:32 of the address in M-20:13. */
static bool has_reserved_bit_of_32(const struct oracle_case *c, unsigned level)
{
	unsigned m = c->maxphyaddr < 40 ? c->maxphyaddr : 40;

	return level == 2 && maps_page(c, level) &&
	       any_bit(c->entry[level], 21, m - 19);
}

/* "Bits 62:MAXPHYADDR"; XD; and of a 2-MByte page 20:13. */
static bool has_reserved_bit_of_pae(const struct oracle_case *c, unsigned level)
{
	uint64_t entry = c->entry[level];

	if (any_bit(entry, 62, c->maxphyaddr) || (bit(entry, 63) && !c->nxe))
		return true;
	return level == 2 && bit(entry, 7) && any_bit(entry, 20, 13);
}

/* "If ... any of the reserved bits is set". */
static bool has_reserved_bit(const struct oracle_case *c, unsigned level)
{
	uint64_t entry = c->entry[level];

	if (c->mode == ORACLE_32_BIT)
		return has_reserved_bit_of_32(c, level);
	if (c->mode == ORACLE_PAE)
		return has_reserved_bit_of_pae(c, level);
	if (c->maxphyaddr < 52 && any_bit(entry, 51, c->maxphyaddr))
		return true;
	if (bit(entry, 63) && !c->nxe)
		return true;
	switch (level) {
	case 4:
		return bit(entry, 7);
	case 3:
		if (!bit(entry, 7))
			return false;
		return !c->page_1g || any_bit(entry, 29, 13);
	case 2:
		return bit(entry, 7) && any_bit(entry, 20, 13);
	default:
		return false;
	}
}

/* The path down to @leaf, each flag as the manuals combine it. */
struct path {
	bool user_page;	 /* U/S is 1 in every entry */
	bool writable;	 /* R/W is 1 in every entry */
	bool executable; /* XD is 0 in every entry */
	unsigned key;	 /* bits 62:59 of the leaf */
};

static struct path combine(const struct oracle_case *c, unsigned leaf)
{
	struct path path = { true, true, true, c->entry[leaf] >> 59 & 15 };

	for (unsigned level = leaf; level <= top_level(c); level++) {
		if (!bit(c->entry[level], 2))
			path.user_page = false;
		if (!bit(c->entry[level], 1))
			path.writable = false;
		if (bit(c->entry[level], 63))
			path.executable = false;
	}
	return path;
}

/* "Protection Keys": the two bits of PKRU that go with the key of the page
 * permit the access. */
static bool key_permits(const struct oracle_case *c, const struct path *path)
{
	bool access_disable = bit(c->pkru, 2 * path->key);
	bool write_disable = bit(c->pkru, 2 * path->key + 1);

	if (c->mode != ORACLE_4_LEVEL || !c->pke || !path->user_page ||
	    c->access == ORACLE_FETCH)
		return true;
	if (access_disable)
		return false;
	if (c->access == ORACLE_WRITE && write_disable)
		return !c->user && !c->wp;
	return true;
}

static bool supervisor_may(const struct oracle_case *c, const struct path *path)
{
	bool smap_forbids = path->user_page && c->smap &&
			    (c->implicit || !c->ac);

	switch (c->access) {
	case ORACLE_READ:
		return !smap_forbids;
	case ORACLE_WRITE:
		return !smap_forbids && (path->writable || !c->wp);
	case ORACLE_FETCH:
		if (path->user_page && c->smep)
			return false;
		return path->executable;
	}
	return false;
}

static bool user_may(const struct oracle_case *c, const struct path *path)
{
	if (!path->user_page)
		return false;
	switch (c->access) {
	case ORACLE_READ:
		return true;
	case ORACLE_WRITE:
		return path->writable;
	case ORACLE_FETCH:
		return path->executable;
	}
	return false;
}

static struct oracle_answer fault(const struct oracle_case *c,
				  struct oracle_answer answer, bool present,
				  bool reserved)
{
	answer.fault = true;
	answer.code = present ? 1u << 0 : 0;
	if (c->access == ORACLE_WRITE)
		answer.code |= 1u << 1;
	if (c->user)
		answer.code |= 1u << 2;
	if (reserved)
		answer.code |= 1u << 3;
	if (c->access == ORACLE_FETCH &&
	    (c->smep || (c->nxe && c->mode != ORACLE_32_BIT)))
		answer.code |= 1u << 4;
	return answer;
}

struct oracle_answer oracle_walk(const struct oracle_case *c)
{
	struct oracle_answer answer = { .leaf = top_level(c) };
	struct path path;

	for (unsigned level = 1; level <= 4; level++)
		answer.entry[level] = c->entry[level];
	for (;; answer.leaf--) {
		uint64_t entry = c->entry[answer.leaf];

		if (!bit(entry, 0))
			return fault(c, answer, false, false);
		if (has_reserved_bit(c, answer.leaf))
			return fault(c, answer, true, true);
		if (maps_page(c, answer.leaf))
			break;
		answer.entry[answer.leaf] |= 1u << 5;
	}
	path = combine(c, answer.leaf);
	if (!key_permits(c, &path)) {
		answer = fault(c, answer, true, false);
		answer.code |= 1u << 5;
		return answer;
	}
	if (c->user ? !user_may(c, &path) : !supervisor_may(c, &path))
		return fault(c, answer, true, false);
	answer.entry[answer.leaf] |= 1u << 5;
	if (c->access == ORACLE_WRITE)
		answer.entry[answer.leaf] |= 1u << 6;
	return answer;
}
