/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd.h - one command of the program, one file each.
 */
#ifndef SIM_CMD_H
#define SIM_CMD_H

/* Exit status of the program; a contract.  When several apply, the highest
 * is returned. */
enum status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,		/* an expectation, comparison, invariant */
	STATUS_USAGE = 2,
	STATUS_REJECTED = 3,		/* a trace or profile */
	STATUS_IO = 4,			/* I/O or memory */
};

struct command {
	const char *name;
	const char *summary;		/* for `tlbsim help` */
	/* @argv[0] is "tlbsim NAME". */
	enum status (*run)(int argc, char **argv);
};

extern const struct command cmd_replay, cmd_compare, cmd_explain, cmd_explore,
	cmd_walk, cmd_shell, cmd_import, cmd_list, cmd_batches, cmd_generate,
	cmd_bench, cmd_convert, cmd_sweep;

#endif /* SIM_CMD_H */
