/* SPDX-License-Identifier: GPL-2.0-or-later */
/* generate_netback.c - `tlbsim generate netback`: packets. */
#include "workloads/generators.h"

#include <errno.h>
#include <inttypes.h>

#include "workloads/due.h"
#include "workloads/netback.h"

struct netback_options {
	uint64_t count, header, received, burst, seed;
	const char *bytes, *gap, *service;
	unsigned driver;
};

/* @...: the type, and what else the option has. */
#define OPTION(key, ...)                                                       \
	{                                                                      \
		.name = #key, .offset = offsetof(struct netback_options, key), \
		.type = __VA_ARGS__                                            \
	}

/* clang-format off */
static const struct import_option options[] = {
	{ OPTION(count, FIELD_U64, .min = 1), "1000", "packets" },
	{ OPTION(bytes, FIELD_TEXT), "1514",
	  "of each, 14 to 65535; a list draws: 98:9,65226 is nine times 98 to "
	  "once 65226" },
	{ OPTION(header, FIELD_U64, .max = XEN_PAGE), "0",
	  "bytes of headers in a slot of their own; 0: none, as Windows does" },
	{ OPTION(received, FIELD_U64, .max = 100), "0",
	  "per cent of packets to the guest" },
	{ OPTION(burst, FIELD_U64, .min = 1, .max = 1000000), "4",
	  "packets that come together" },
	{ OPTION(gap, FIELD_TEXT), "100us",
	  "time between bursts; a list draws" },
	{ OPTION(service, FIELD_TEXT), "50us",
	  "time that the network card takes; a list draws" },
	{ OPTION(driver, FIELD_CHOICE, .names = net_version_names), "N4b",
	  "which netback" },
	{ OPTION(seed, FIELD_U64), "1", "of all that is drawn" },
	{ .standard = NULL },
};
/* clang-format on */

struct packets {
	const struct netback_options *o;
	struct dist bytes, gap, service;
	struct rng rng;
	uint64_t at; /* of the present burst */
};

static bool read_dists(struct packets *p, struct diags *diags)
{
	const struct netback_options *o = p->o;

	if (o->header && o->header < FRAME_MIN) {
		diag_error(diags, (struct place){ "header", 0, 0 },
			   "0, or %d to %u", FRAME_MIN, XEN_PAGE);
		return false;
	}
	return generate_dist(o->bytes, "bytes", false, FRAME_MIN,
			     XEN_NETIF_MAX_TX_SIZE, &p->bytes, diags) &&
	       generate_dist(o->gap, "gap", true, 0, 0, &p->gap, diags) &&
	       generate_dist(o->service, "service", true, 0, 0, &p->service,
			     diags);
}

static void print_packet(struct packets *p, FILE *out)
{
	uint64_t bytes = dist_draw(&p->bytes, &p->rng);
	bool received = generate_percent(&p->rng, p->o->received);
	uint64_t done = time_after(p->at, dist_draw(&p->service, &p->rng));

	fprintf(out, "    - {bytes: %" PRIu64, bytes);
	if (p->o->header)
		fprintf(out, ", header: %" PRIu64, p->o->header);
	if (received)
		fputs(", direction: rx", out);
	fprintf(out, ", at: %" PRIu64 ", done: %" PRIu64 "}\n", p->at, done);
}

static int run(const struct import_job *job, FILE *file, FILE *out,
	       struct diags *diags)
{
	struct packets p = { .o = job->options };

	(void)file;
	p.rng = rng_seeded(p.o->seed);
	if (!read_dists(&p, diags))
		return -EBADMSG;
	generate_head(out, job, "netback");
	for (uint64_t i = 0; i < p.o->count && !ferror(out); i++) {
		if (i % GENERATE_DOCUMENT == 0)
			fprintf(out,
				"---\nnetback:\n  driver: %s\n  packets:\n",
				net_version_names[p.o->driver]);
		if (i && i % p.o->burst == 0)
			p.at = time_after(p.at, dist_draw(&p.gap, &p.rng));
		print_packet(&p, out);
	}
	return ferror(out) ? -EIO : 0;
}

const struct importer generate_netback = {
	.name = "netback",
	.text = "packets, for a model of netback",
	.options = options,
	.size = sizeof(struct netback_options),
	.run = run,
};
