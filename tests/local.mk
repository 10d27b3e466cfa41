# SPDX-License-Identifier: GPL-2.0-or-later
#
# Unit tests speak TAP (libcheck); shell tests say so by their exit status.
TEST_EXTENSIONS = .sh .tap
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
AM_TESTS_ENVIRONMENT = CK_TAP_LOG_FILE_NAME=- CK_VERBOSITY=silent \
	LC_ALL=C TLBSIM=$(abs_top_builddir)/tlbsim \
	top_srcdir=$(abs_top_srcdir) top_builddir=$(abs_top_builddir); \
	export CK_TAP_LOG_FILE_NAME CK_VERBOSITY LC_ALL TLBSIM top_srcdir \
	top_builddir;

if HAVE_CHECK
check_PROGRAMS += tests/check_results
tests_check_results_LDADD = libtlbsim.la $(CHECK_LIBS)

TESTS += $(check_PROGRAMS)
endif
