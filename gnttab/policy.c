/* SPDX-License-Identifier: GPL-2.0-or-later */
/* policy.c - the table of flush policies. */
#include "gnttab/policy.h"
