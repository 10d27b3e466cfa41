/* SPDX-License-Identifier: GPL-2.0-or-later */
/* physmem.c - simulated physical memory: one sparse host mapping. */
#include "mmu/physmem.h"
