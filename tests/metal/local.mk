# SPDX-License-Identifier: GPL-2.0-or-later
#
# metal: an image that performs page-table cases on a bare machine.
metal_shared = tests/metal/metal.h tests/metal/layout.h tests/metal/hw.h \
	tests/metal/sequence.h \
	tests/metal/cases.c tests/metal/perform.c tests/metal/sequence.c

# ---- the image: freestanding, with the flags that it needs and no others --
metal_image_sources = \
	tests/metal/boot.S tests/metal/access.S \
	tests/metal/image.c tests/metal/machine.c tests/metal/trap.c \
	tests/metal/serial.c tests/metal/freestanding.c \
	tests/metal/cases.c tests/metal/perform.c tests/metal/sequence.c
metal_image_flags = -std=c11 -O2 -m64 -ffreestanding -nostdlib -static \
	-mno-red-zone -mgeneral-regs-only -fno-pic -fno-pie \
	-fno-stack-protector -fcf-protection=none -fno-builtin \
	-fno-asynchronous-unwind-tables $(WARN_CFLAGS) \
	-I. -Itests/metal \
	-Wl,--build-id=none -Wl,--oformat=binary \
	-Wl,-T,tests/metal/metal.lds

EXTRA_DIST += tests/metal/metal.lds tests/metal/machine.h \
	$(metal_shared) $(metal_image_sources)
CLEANFILES += tests/metal/metal.img

tests/metal/metal.img: $(metal_image_sources) tests/metal/metal.lds \
		tests/metal/metal.h tests/metal/layout.h tests/metal/hw.h \
		tests/metal/machine.h tests/metal/sequence.h mmu/x86.h
	$(AM_V_GEN)$(MKDIR_P) $(@D) && cd $(srcdir) && \
		$(CC) $(metal_image_flags) $(metal_image_sources) \
		-o $(abs_builddir)/$@
