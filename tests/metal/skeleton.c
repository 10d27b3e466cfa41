/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * skeleton.c - the skeleton of a machine profile out of CPUID.
 *
 *   Intel   leaf 2: descriptors, one byte each
 *           leaf 18h, if descriptor FE refers to it: a cache for each subleaf
 *   AMD     80000005, 80000006, 80000019: entries and a code of the ways, in
 *           units of 32 for the second level if 80000021 EAX[14] says so
 *
 * AMD's codes are ranges: of these the first that makes a power of two of sets
 * is taken.  CPUID knows nothing of policy, index and cycles, and is wrong now
 * and then (Golden Cove's loads have 96 entries, not 64): measure.
 *
 * Sources: SDM vol. 2, "CPUID - CPU Identification"; APM vol. 3, appendix
 * "Obtaining Processor Information Via the CPUID Instruction".
 */
#include <inttypes.h>
#include <string.h>

#include "tests/metal/cpuid.h"

enum { READ = 1, WRITE = 2, FETCH = 4, DATA = READ | WRITE, ALL = 7 };
enum { S4K = 1, S2M = 2, S1G = 4 };
#define BANKS 2

struct cache {
	unsigned level, accesses, sizes, entries, ways;
	char source[64];
};

struct skeleton {
	FILE *to;
	/* Caches so far, by level, access and size. */
	unsigned seen[2][3][3];
};

static const char *const access_names[] = { "read", "write", "fetch" };
static const char *const size_names[] = { "4K", "2M", "1G" };

/* ---- a cache ------------------------------------------------------------- */

static bool is_power(unsigned n)
{
	return n && !(n & (n - 1));
}

/* Is there a place for it?  An access asks one cache of level 1 and up to two
 * of level 2. */
static bool takes_place(struct skeleton *s, const struct cache *c)
{
	unsigned most = c->level == 1 ? 1 : BANKS;

	for (unsigned a = 0; a < 3; a++)
		for (unsigned z = 0; z < 3; z++)
			if ((c->accesses >> a & 1) && (c->sizes >> z & 1) &&
			    s->seen[c->level - 1][a][z] == most)
				return false;
	for (unsigned a = 0; a < 3; a++)
		for (unsigned z = 0; z < 3; z++)
			s->seen[c->level - 1][a][z] += (c->accesses >> a & 1) &&
						       (c->sizes >> z & 1);
	return true;
}

static void print_names(FILE *to, const char *between, unsigned set,
			const char *const *names)
{
	const char *before = "";

	for (unsigned i = 0; i < 3; i++) {
		if (!(set >> i & 1))
			continue;
		fprintf(to, "%s%s", before, names[i]);
		before = between;
	}
}

static bool can_be(const struct cache *c)
{
	return (c->level == 1 || c->level == 2) && c->sizes && c->accesses &&
	       c->ways && c->ways <= 128 && c->entries % c->ways == 0 &&
	       is_power(c->entries / c->ways);
}

static void print_cache(struct skeleton *s, const struct cache *c)
{
	bool tree = is_power(c->ways) && c->ways <= 64;

	if (c->entries == 0)
		return;
	if (!can_be(c) || !takes_place(s, c)) {
		fprintf(s->to,
			"  # left out: level %u, %u entries, %u ways (%s)\n",
			c->level, c->entries, c->ways, c->source);
		return;
	}
	fprintf(s->to, "  - name: L%u ", c->level);
	print_names(s->to, "+", c->accesses, access_names);
	fprintf(s->to, " ");
	print_names(s->to, "+", c->sizes, size_names);
	fprintf(s->to, "\n    level: %u\n    accesses: [", c->level);
	print_names(s->to, ", ", c->accesses, access_names);
	fprintf(s->to, "]\n    sizes: [");
	print_names(s->to, ", ", c->sizes, size_names);
	fprintf(s->to, "]\n    entries: %u\n    ways: %u\n    policy: %s\n",
		c->entries, c->ways, tree ? "tree-plru" : "lru");
	fprintf(s->to,
		"    source: \"%s; policy: CPUID has none\"\n"
		"    confidence: derived\n",
		c->source);
}

/* ---- Intel --------------------------------------------------------------- */

static const struct descriptor {
	uint8_t code;
	struct cache cache;
} descriptors[] = {
	{ 0x03, { 1, DATA, S4K, 64, 4, "" } },
	{ 0x4f, { 1, FETCH, S4K, 32, 32, "" } },
	{ 0x55, { 1, FETCH, S2M, 7, 7, "" } },
	{ 0x56, { 1, DATA, S2M, 16, 4, "" } },
	{ 0x57, { 1, DATA, S4K, 16, 4, "" } },
	{ 0x5a, { 1, DATA, S2M, 32, 4, "" } },
	{ 0x63, { 1, DATA, S2M, 32, 4, "" } },
	{ 0x63, { 1, DATA, S1G, 4, 4, "" } },
	{ 0x6a, { 1, DATA, S4K, 64, 8, "" } },
	{ 0x6b, { 2, DATA, S4K, 256, 8, "" } },
	{ 0x6c, { 2, DATA, S2M, 128, 8, "" } },
	{ 0x6d, { 2, DATA, S1G, 16, 16, "" } },
	{ 0x76, { 1, FETCH, S2M, 8, 8, "" } },
	{ 0xb0, { 1, FETCH, S4K, 128, 4, "" } },
	{ 0xb2, { 1, FETCH, S4K, 64, 4, "" } },
	{ 0xb5, { 1, FETCH, S4K, 64, 8, "" } },
	{ 0xb6, { 1, FETCH, S4K, 128, 8, "" } },
	{ 0xc1, { 2, ALL, S4K | S2M, 1024, 8, "" } },
	{ 0xc3, { 2, ALL, S4K | S2M, 1536, 6, "" } },
	{ 0xc3, { 2, ALL, S1G, 16, 4, "" } },
	{ 0xca, { 2, ALL, S4K, 512, 4, "" } },
};

static void print_descriptor(struct skeleton *s, uint8_t code)
{
	for (unsigned i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]);
	     i++) {
		struct cache cache = descriptors[i].cache;

		if (descriptors[i].code != code)
			continue;
		snprintf(cache.source, sizeof(cache.source),
			 "CPUID leaf 2, descriptor %02X", code);
		print_cache(s, &cache);
	}
}

/* The lowest byte of EAX is no descriptor, and of a register with bit 31 set
 * none is. */
static void print_leaf_2(struct skeleton *s, const struct cpuid *cpuid)
{
	struct cpuid_leaf l = cpuid_get(cpuid, 2, 0);
	const uint32_t registers[] = { l.eax & ~0xffu, l.ebx, l.ecx, l.edx };

	for (unsigned r = 0; r < 4; r++)
		for (unsigned byte = 0; byte < 4; byte++)
			if (!(registers[r] >> 31))
				print_descriptor(s, registers[r] >> 8 * byte &
							    0xff);
}

static void print_leaf_18(struct skeleton *s, const struct cpuid *cpuid)
{
	static const unsigned accesses[] = {
		[1] = DATA, [2] = FETCH, [3] = ALL, [4] = READ, [5] = WRITE,
	};
	uint32_t last = cpuid_get(cpuid, 0x18, 0).eax;

	for (uint32_t i = 0; i <= last && i < 32; i++) {
		struct cpuid_leaf l = cpuid_get(cpuid, 0x18, i);
		unsigned type = l.edx & 0x1f;
		struct cache cache = {
			.level = l.edx >> 5 & 7,
			.accesses = type <= 5 ? accesses[type] : 0,
			.ways = l.ebx >> 16,
			.entries = (l.ebx >> 16) * l.ecx,
		};

		cache.sizes = (l.ebx & 1 ? S4K : 0) | (l.ebx & 6 ? S2M : 0) |
			      (l.ebx & 8 ? S1G : 0);
		snprintf(cache.source, sizeof(cache.source),
			 "CPUID leaf 18, subleaf %" PRIu32, i);
		print_cache(s, &cache);
	}
}

/* ---- AMD ----------------------------------------------------------------- */

/* The ways that a code of 4 bits stands for: the first of its range that
 * makes a power of two of sets. */
static unsigned ways_of(unsigned code, unsigned entries)
{
	static const struct {
		uint8_t least, most;
	} ranges[16] = {
		[1] = { 1, 1 },	   [2] = { 2, 2 },     [3] = { 3, 3 },
		[4] = { 4, 5 },	   [5] = { 6, 7 },     [6] = { 8, 15 },
		[8] = { 16, 31 },  [10] = { 32, 47 },  [11] = { 48, 63 },
		[12] = { 64, 95 }, [13] = { 96, 127 }, [14] = { 128, 128 },
	};

	if (code == 15)
		return entries;
	for (unsigned ways = ranges[code].least;
	     ways && ways <= ranges[code].most; ways++)
		if (entries % ways == 0 && is_power(entries / ways))
			return ways;
	return ranges[code].least;
}

/* One of a register with 12 bits of entries and 4 of ways, twice. */
static struct cache half(uint32_t value, bool data, unsigned level,
			 unsigned size, unsigned unit)
{
	uint32_t part = data ? value >> 16 : value & 0xffff;
	struct cache cache = {
		.level = level,
		.accesses = data ? DATA : FETCH,
		.sizes = size,
		.entries = (part & 0xfff) * unit,
	};

	cache.ways = ways_of(part >> 12, cache.entries);
	return cache;
}

/* The same with 8 bits for both, and ways as they are: 80000005. */
static struct cache quarter(uint32_t value, bool data, unsigned size)
{
	uint32_t part = data ? value >> 16 : value & 0xffff;
	struct cache cache = {
		.level = 1,
		.accesses = data ? DATA : FETCH,
		.sizes = size,
		.entries = part & 0xff,
		.ways = part >> 8 == 0xff ? part & 0xff : part >> 8,
	};

	return cache;
}

/* Pages of several sizes that have as many entries each share them. */
static void print_sharing(struct skeleton *s, struct cache *cache,
			  unsigned count, const char *source)
{
	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = i + 1; j < count; j++) {
			if (cache[j].entries != cache[i].entries)
				continue;
			cache[i].sizes |= cache[j].sizes;
			cache[j].entries = 0;
		}
		snprintf(cache[i].source, sizeof(cache[i].source), "%s",
			 source);
		print_cache(s, &cache[i]);
	}
}

static void print_amd(struct skeleton *s, const struct cpuid *cpuid, bool data)
{
	struct cpuid_leaf first = cpuid_get(cpuid, 0x80000005, 0);
	struct cpuid_leaf second = cpuid_get(cpuid, 0x80000006, 0);
	struct cpuid_leaf huge = cpuid_get(cpuid, 0x80000019, 0);
	bool x32 = cpuid_get(cpuid, 0x80000021, 0).eax >> 14 & 1;
	struct cache l1[] = {
		quarter(first.ebx, data, S4K),
		quarter(first.eax, data, S2M),
		half(huge.eax, data, 1, S1G, 1),
	};
	struct cache l2[] = {
		half(second.ebx, data, 2, S4K, x32 ? 32 : 1),
		half(second.eax, data, 2, S2M, x32 ? 32 : 1),
	};
	struct cache l2_huge = half(huge.ebx, data, 2, S1G, 1);

	print_sharing(s, l1, 3, "CPUID 80000005 and 80000019");
	print_sharing(s, l2, 2,
		      x32 ? "CPUID 80000006, in units of 32 (80000021)"
			  : "CPUID 80000006");
	print_sharing(s, &l2_huge, 1, "CPUID 80000019");
}

/* ---- the rest ------------------------------------------------------------ */

static void print_features(FILE *to, const struct cpuid *cpuid)
{
	struct cpuid_leaf one = cpuid_get(cpuid, 1, 0);
	struct cpuid_leaf seven = cpuid_get(cpuid, 7, 0);
	struct cpuid_leaf more = cpuid_get(cpuid, 0x80000001, 0);
	struct cpuid_leaf widths = cpuid_get(cpuid, 0x80000008, 0);
	const struct {
		const char *name;
		uint32_t has;
	} features[] = {
		{ "page-1g", more.edx >> 26 },	{ "pcid", one.ecx >> 17 },
		{ "invpcid", seven.ebx >> 10 }, { "smep", seven.ebx >> 7 },
		{ "smap", seven.ebx >> 20 },	{ "pku", seven.ecx >> 3 },
		{ "la57", seven.ecx >> 16 },	{ "invlpgb", widths.ebx >> 3 },
	};

	fprintf(to,
		"maxphyaddr:\n  bits: %u\n  source: CPUID 80000008\n"
		"  confidence: derived\nfeatures:\n",
		widths.eax & 0xff);
	for (unsigned i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		fprintf(to, "  %s: %s\n", features[i].name,
			features[i].has & 1 ? "true" : "false");
	fprintf(to, "  source: CPUID 1, 7, 80000001 and 80000008\n"
		    "  confidence: derived\n\n");
}

/* Of Haswell, where most was measured. */
static void print_costs(FILE *to)
{
	static const struct {
		const char *name;
		unsigned cycles;
	} costs[] = {
		{ "l1-hit", 0 },	{ "l2-hit", 7 },
		{ "walk", 13 },		{ "walk-load", 4 },
		{ "a-set", 76 },	{ "d-set", 150 },
		{ "page-fault", 1000 }, { "invlpg", 216 },
		{ "mov-cr3", 124 },	{ "flush-all", 960 },
		{ "ipi", 2015 },	{ "ipi-per-cpu", 175 },
		{ "hypercall", 300 },
	};

	fprintf(to, "\ncosts:\n");
	for (unsigned i = 0; i < sizeof(costs) / sizeof(costs[0]); i++)
		fprintf(to,
			"  %s:\n    cycles: %u\n"
			"    source: not in CPUID; as haswell-ep, to be "
			"measured\n"
			"    confidence: assumed\n",
			costs[i].name, costs[i].cycles);
}

/* The brand, without what YAML might take for its own. */
static void print_title(FILE *to, const struct cpuid *cpuid)
{
	char brand[49] = "";

	for (uint32_t i = 0; i < 3; i++) {
		struct cpuid_leaf l = cpuid_get(cpuid, 0x80000002 + i, 0);
		const uint32_t words[] = { l.eax, l.ebx, l.ecx, l.edx };

		memcpy(brand + 16 * i, words, 16);
	}
	fprintf(to, "title: \"");
	for (const char *c = brand; *c; c++)
		if (*c >= ' ' && *c <= '~' && *c != '"' && *c != '\\')
			fputc(*c, to);
	fprintf(to, ", by CPUID\"\n");
}

void skeleton_print(const struct cpuid *cpuid, FILE *to)
{
	struct skeleton s = { .to = to };
	bool amd = cpuid_get(cpuid, 0, 0).ecx == 0x444d4163; /* "cAMD" */

	fprintf(to, "name: cpuid-%08x\n", cpuid_get(cpuid, 1, 0).eax);
	print_title(to, cpuid);
	fprintf(to, "vendor: %s\n\n", amd ? "amd" : "intel");
	print_features(to, cpuid);
	fprintf(to, "tlbs:\n");
	if (amd) {
		print_amd(&s, cpuid, false);
		print_amd(&s, cpuid, true);
	} else {
		print_leaf_2(&s, cpuid);
		print_leaf_18(&s, cpuid);
	}
	if (!memcmp(&s.seen, &(struct skeleton){ 0 }.seen, sizeof(s.seen)))
		fprintf(to, "  [] # CPUID says nothing of any\n");
	print_costs(to);
}
