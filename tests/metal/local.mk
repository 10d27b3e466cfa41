# SPDX-License-Identifier: GPL-2.0-or-later
#
# metal: the model against machines.  `make check-metal' alone builds the
# image and its host side; METAL_CASES is about how many cases (all of them
# if not given), METAL_SEED the seed of the random ones.
metal_cases = tests/metal/cases.c tests/metal/entries.c \
	tests/metal/random.c tests/metal/perform.c tests/metal/sequence.c
metal_shared = tests/metal/metal.h tests/metal/layout.h tests/metal/hw.h \
	tests/metal/sequence.h tests/metal/cases.h $(metal_cases)
metal_model = tests/metal/model.c tests/metal/model.h

# ---- the image: freestanding, with the flags that it needs and no others --
metal_image_sources = \
	tests/metal/boot.S tests/metal/access.S tests/metal/switch.S \
	tests/metal/legacy.S tests/metal/legacy.c \
	tests/metal/image.c tests/metal/machine.c tests/metal/trap.c \
	tests/metal/serial.c tests/metal/freestanding.c \
	$(metal_cases)
metal_image_flags = -std=c11 -O2 -m64 -ffreestanding -nostdlib -static \
	-mno-red-zone -mgeneral-regs-only -fno-pic -fno-pie \
	-fno-stack-protector -fcf-protection=none -fno-builtin \
	-fno-asynchronous-unwind-tables $(WARN_CFLAGS) \
	-I. -Itests/metal \
	-Wl,--build-id=none -Wl,--oformat=binary \
	-Wl,-T,tests/metal/metal.lds

EXTRA_DIST += tests/metal/metal.lds tests/metal/machine.h \
	tests/metal/run.sh $(metal_image_sources)
CLEANFILES += tests/metal/metal.img tests/metal/metal$(EXEEXT)

tests/metal/metal.img: $(metal_image_sources) tests/metal/metal.lds \
		tests/metal/metal.h tests/metal/layout.h tests/metal/hw.h \
		tests/metal/machine.h tests/metal/sequence.h \
		tests/metal/cases.h mmu/x86.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && cd $(srcdir) && \
		$(CC) $(metal_image_flags) $(metal_image_sources) \
		-o $(abs_builddir)/$@

# ---- the host's side -------------------------------------------------------
EXTRA_PROGRAMS += tests/metal/metal
tests_metal_metal_SOURCES = $(metal_shared) $(metal_model) \
	tests/metal/main.c \
	tests/metal/compare.c tests/metal/compare.h \
	tests/metal/describe.c tests/metal/describe.h \
	tests/metal/known.c tests/metal/known.h \
	tests/metal/reference.c tests/metal/reference.h
tests_metal_metal_LDADD = mmu/libmmu.la

.PHONY: check-metal
if HOST_X86_64_LINUX
check-metal: tests/metal/metal$(EXEEXT) tests/metal/metal.img
	$(AM_V_at)METAL=tests/metal/metal$(EXEEXT) \
		IMAGE=tests/metal/metal.img \
		$(SHELL) $(srcdir)/tests/metal/run.sh
else
check-metal:
	@echo 'check-metal: SKIPPED: not an x86-64 Linux host' >&2
endif

# ---- this processor, from user space: part of `make check' ------------------
if HAVE_CHECK
if HOST_X86_64_LINUX
check_PROGRAMS += tests/metal/check_user tests/metal/check_user_keys
metal_user = tests/metal/user_fault.c tests/metal/user_fault.h
tests_metal_check_user_SOURCES = tests/metal/user.c $(metal_user) \
	$(metal_shared) $(metal_model)
tests_metal_check_user_LDADD = mmu/libmmu.la $(CHECK_LIBS)
tests_metal_check_user_keys_SOURCES = tests/metal/user_keys.c $(metal_user)
tests_metal_check_user_keys_LDADD = $(CHECK_LIBS)
endif
endif

# ---- this processor's TLBs: the curve, and a profile out of CPUID -----------
dist_check_SCRIPTS += tests/metal/skeleton.sh
TESTS += tests/metal/skeleton.sh
EXTRA_DIST += tests/metal/cpuids
if HOST_X86_64_LINUX
noinst_PROGRAMS = tests/metal/measure
tests_metal_measure_SOURCES = tests/metal/measure.c \
	tests/metal/cpuid.c tests/metal/cpuid.h tests/metal/skeleton.c
endif
