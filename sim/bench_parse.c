/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bench_parse.c - reading a trace, in each of its forms, and running nothing.
 *
 *   yaml      - read: {cpu: 0, at: 0xffff880000123000}
 *   libyaml   the same, of which only the parser's own events are taken
 *   bulk      read cpu=0 at=0xffff880000123000
 *   binary    the same, converted
 *
 * Accesses to random pages of 64 MiB, 3 of 10 of them writes.
 */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <yaml.h>

#include "sim/bench.h"
#include "sim/binary_write.h"
#include "sim/trace.h"

#define PAGES 16384
#define LINES 65536 /* of a block */

static const char header[] =
	"tlbsim: 1\ndomains: [{id: 0, name: dom0, hardware: true}]\n";

struct parse {
	int fd;
	char path[32];
	uint64_t events;
	uint64_t random;
};

/* Constants of Knuth's MMIX; the high bits are the random ones. */
static uint64_t draw(struct parse *p, uint64_t below)
{
	p->random = p->random * 6364136223846793005ull + 1442695040888963407ull;
	return (p->random >> 33) % below;
}

struct access {
	const char *name;
	uint64_t at;
};

static struct access next_access(struct parse *p)
{
	struct access access = { draw(p, 10) < 3 ? "write" : "read", 0 };

	access.at = 0xffff880000000000 + draw(p, PAGES) * 4096;
	return access;
}

static void write_yaml(struct parse *p, FILE *to)
{
	fprintf(to, "%s---\nevents:\n", header);
	for (uint64_t i = 0; i < p->events; i++) {
		struct access access = next_access(p);

		fprintf(to, "  - %s: {cpu: 0, at: %#" PRIx64 "}\n", access.name,
			access.at);
	}
}

static void write_bulk(struct parse *p, FILE *to)
{
	fputs(header, to);
	for (uint64_t i = 0; i < p->events; i++) {
		struct access access = next_access(p);

		if (i % LINES == 0)
			fputs("---\nevents: |\n", to);
		fprintf(to, "  %s cpu=0 at=%#" PRIx64 "\n", access.name,
			access.at);
	}
}

static void write_binary(struct parse *p, FILE *to)
{
	struct binary_writer *writer;
	int rc = binary_writer_create(&writer, to);

	if (rc < 0)
		return;
	rc = binary_write_text(writer, header, strlen(header));
	for (uint64_t i = 0; i < p->events && rc == 0; i++) {
		struct access access = next_access(p);
		char line[64];
		int length = snprintf(line, sizeof(line),
				      "%s cpu=0 at=%#" PRIx64, access.name,
				      access.at);

		rc = binary_write_line(writer,
				       access.name[0] == 'r' ? EVENT_read
							     : EVENT_write,
				       line, (size_t)length);
	}
	/* what failed is missing, and found when it is read */
	if (rc == 0)
		binary_write_end(writer);
	binary_writer_destroy(writer);
}

static const struct {
	const char *name;
	uint64_t events;
	void (*write)(struct parse *p, FILE *to);
} forms[] = {
	{ "yaml", 400000, write_yaml },
	{ "libyaml", 400000, write_yaml },
	{ "bulk", 2000000, write_bulk },
	{ "binary", 8000000, write_binary },
};

static void finish(void *state)
{
	struct parse *p = state;

	if (p->fd >= 0)
		close(p->fd);
	free(p);
}

static int write_form(struct parse *p, size_t form, bool quick)
{
	FILE *to = fdopen(dup(p->fd), "wb");

	if (!to)
		return -errno;
	p->events = forms[form].events / (quick ? 8 : 1);
	forms[form].write(p, to);
	return fclose(to) == EOF ? -errno : 0;
}

static int prepare(const struct benchmark *benchmark,
		   const struct bench_options *options, void **state)
{
	struct parse *p = calloc(1, sizeof(*p));
	size_t form = 0;
	int rc;

	if (!p)
		return -ENOMEM;
	while (strcmp(forms[form].name, benchmark->name) != 0)
		form++;
	p->fd = memfd_create("trace", MFD_CLOEXEC);
	rc = p->fd < 0 ? -errno : write_form(p, form, options->quick);
	if (rc < 0) {
		finish(p);
		return rc;
	}
	snprintf(p->path, sizeof(p->path), "/proc/self/fd/%d", p->fd);
	*state = p;
	return 0;
}

static void reset(void *state)
{
	(void)state;
}

static uint64_t run(void *state)
{
	const struct parse *p = state;
	struct diags diags = { .count = 0 };
	struct trace *trace;
	struct event *event;
	uint64_t count = 0;

	if (trace_open(&trace, p->path, NULL, 0, &diags) < 0)
		return 0;
	while (trace_next(trace, &event) > 0)
		count++;
	trace_close(trace);
	return count == p->events ? count : 0;
}

/* What reading YAML cannot be faster than: scalars are keys and values, three
 * of the former and two of the latter in an event. */
static uint64_t count_scalars(yaml_parser_t *parser)
{
	yaml_event_type_t type;
	yaml_event_t event;
	uint64_t count = 0;

	do {
		if (!yaml_parser_parse(parser, &event))
			return 0;
		type = event.type;
		count += type == YAML_SCALAR_EVENT;
		yaml_event_delete(&event);
	} while (type != YAML_STREAM_END_EVENT);
	return count;
}

static uint64_t run_libyaml(void *state)
{
	const struct parse *p = state;
	FILE *file = fopen(p->path, "rb");
	yaml_parser_t parser;
	uint64_t count;

	if (!file)
		return 0;
	if (!yaml_parser_initialize(&parser)) {
		fclose(file);
		return 0;
	}
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_file(&parser, file);
	count = count_scalars(&parser) / 5;
	yaml_parser_delete(&parser);
	fclose(file);
	/* those of the header are fewer than two events have */
	return count / p->events == 1 ? p->events : 0;
}

#define FORM(form, summary, how)                                               \
	{                                                                      \
		.name = form, .text = summary, .unit = "events",               \
		.prepare = prepare, .reset = reset, .run = how,                \
		.finish = finish,                                              \
	}

const struct benchmark bench_parse[] = {
	FORM("yaml", "reading a trace of YAML mappings", run),
	FORM("libyaml", "libyaml alone, on the same text", run_libyaml),
	FORM("bulk", "reading a trace of lines in blocks", run),
	FORM("binary", "reading a binary trace, unpacked by a second CPU", run),
	{ .name = NULL },
};
