# SPDX-License-Identifier: GPL-2.0-or-later
#
# All tests speak TAP: unit tests by libcheck, shell tests by tests/tap.sh.
TEST_EXTENSIONS = .sh
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) \
	$(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = $(SHELL)
dist_check_DATA += tests/tap.sh tests/suite.h tests/bench.baseline

# The long ones begin, so that no CPU waits for them in the end.
shell_tests = \
	tests/explore.sh \
	tests/html.sh \
	tests/doc.sh \
	tests/debian.sh \
	tests/slurm.sh \
	tests/bench.sh \
	tests/sweep.sh \
	tests/convert.sh \
	tests/cases.sh \
	tests/capture.sh \
	tests/completion.sh \
	tests/errors.sh \
	tests/fuzz.sh \
	tests/golden.sh \
	tests/headers.sh \
	tests/imports.sh \
	tests/install.sh \
	tests/lessons.sh \
	tests/mutants.sh \
	tests/recorded.sh \
	tests/regression.sh \
	tests/seam.sh \
	tests/shell.sh \
	tests/zsh.sh
dist_check_SCRIPTS += $(shell_tests)
TESTS += $(shell_tests)
AM_TESTS_ENVIRONMENT = \
	export CK_TAP_LOG_FILE_NAME=- CK_VERBOSITY=silent; \
	export CK_TIMEOUT_MULTIPLIER=15; \
	export LC_ALL=C; \
	export top_srcdir=$(abs_top_srcdir) top_builddir=$(abs_top_builddir); \
	export TLBSIM=$(abs_top_builddir)/tlbsim; \
	export TLBSIM_MACHINES=$(abs_top_srcdir)/workloads/machines; \
	export CC='$(CC)' CPPFLAGS='$(CPPFLAGS)'; \
	export MAKE='$(MAKE)' INSTRUMENT_FLAGS='$(INSTRUMENT_FLAGS)'; \
	export PROGRAM_LIBS='$(LDFLAGS) $(JANSSON_LIBS) $(READLINE_LIBS) \
		$(YAML_LIBS) $(ZLIB_LIBS) $(LZMA_LIBS) $(PCAP_LIBS) $(LIBS) -lm';

include $(top_srcdir)/tests/metal/local.mk

text_file = tests/text_file.h tests/text_file.c

if HAVE_CHECK
check_PROGRAMS += \
	tests/check_bench \
	tests/check_compare \
	tests/check_explore_same \
	tests/check_hb \
	tests/check_html \
	tests/check_output \
	tests/check_perfetto \
	tests/check_progress \
	tests/check_published \
	tests/check_report \
	tests/check_results \
	tests/check_table \
	tests/check_terminal
tests_check_bench_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_explore_same_SOURCES = tests/check_explore_same.c $(text_file)
tests_check_explore_same_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_hb_SOURCES = tests/check_hb.c
tests_check_hb_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_compare_SOURCES = tests/check_compare.c $(text_file)
tests_check_compare_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_html_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_output_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_perfetto_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_progress_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_published_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_report_SOURCES = tests/check_report.c
tests_check_report_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_table_SOURCES = tests/check_table.c
tests_check_table_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_results_LDADD = libtlbsim.la $(CHECK_LIBS)
tests_check_terminal_LDADD = $(CHECK_LIBS)

check_PROGRAMS += \
	tests/check_mmu_errata \
	tests/check_mmu_guests \
	tests/check_mmu_holders \
	tests/check_mmu_invalidate \
	tests/check_mmu_invpcid \
	tests/check_mmu_iommu \
	tests/check_mmu_known \
	tests/check_mmu_la57 \
	tests/check_mmu_legacy \
	tests/check_mmu_legacy_large \
	tests/check_mmu_legacy_random \
	tests/check_mmu_levels \
	tests/check_mmu_machines \
	tests/check_mmu_many \
	tests/check_mmu_modes \
	tests/check_mmu_modes_same \
	tests/check_mmu_nested \
	tests/check_mmu_nested_faults \
	tests/check_mmu_old \
	tests/check_mmu_pcids \
	tests/check_mmu_psc \
	tests/check_mmu_psc_drop \
	tests/check_mmu_psc_stale \
	tests/check_mmu_ahead \
	tests/check_mmu_quirks \
	tests/check_mmu_race \
	tests/check_mmu_registers \
	tests/check_mmu_replace \
	tests/check_mmu_rights \
	tests/check_mmu_same \
	tests/check_mmu_smash \
	tests/check_mmu_stale \
	tests/check_mmu_stale_shared \
	tests/check_mmu_sweep \
	tests/check_mmu_tlb \
	tests/check_mmu_unasked \
	tests/check_mmu_vectors \
	tests/check_mmu_vm_entry \
	tests/check_mmu_walk
mmu_test_sources = tests/check_mmu.h tests/check_mmu_machine.c
mmu_test_pages = tests/check_mmu_pages.h tests/check_mmu_pages.c
mmu_test_libs = mmu/libmmu.la $(CHECK_LIBS)
tests_check_mmu_iommu_SOURCES = tests/check_mmu_iommu.c
tests_check_mmu_iommu_LDADD = $(mmu_test_libs)
tests_check_mmu_holders_SOURCES = tests/check_mmu_holders.c \
	$(mmu_test_sources)
tests_check_mmu_holders_LDADD = $(mmu_test_libs)
tests_check_mmu_invalidate_SOURCES = tests/check_mmu_invalidate.c \
	$(mmu_test_sources)
tests_check_mmu_invalidate_LDADD = $(mmu_test_libs)
mmu_test_legacy = tests/check_mmu_legacy.h tests/check_mmu_legacy_machine.c
tests_check_mmu_legacy_SOURCES = tests/check_mmu_legacy.c \
	$(mmu_test_sources) \
	$(mmu_test_legacy)
tests_check_mmu_legacy_LDADD = $(mmu_test_libs)
tests_check_mmu_legacy_large_SOURCES = tests/check_mmu_legacy_large.c \
	$(mmu_test_sources) \
	$(mmu_test_legacy)
tests_check_mmu_legacy_large_LDADD = $(mmu_test_libs)
tests_check_mmu_legacy_random_SOURCES = tests/check_mmu_legacy_random.c \
	$(mmu_test_sources) \
	$(mmu_test_legacy) \
	tests/oracle_walk.h tests/oracle_walk.c
tests_check_mmu_legacy_random_LDADD = $(mmu_test_libs)
tests_check_mmu_modes_SOURCES = tests/check_mmu_modes.c \
	$(mmu_test_sources) \
	$(mmu_test_legacy)
tests_check_mmu_modes_LDADD = $(mmu_test_libs)
mmu_test_guest = tests/check_mmu_guest.h tests/check_mmu_guest_machine.c
tests_check_mmu_guests_SOURCES = tests/check_mmu_guests.c \
	tests/check_mmu_guests.h \
	$(mmu_test_sources) \
	$(mmu_test_guest)
tests_check_mmu_guests_LDADD = $(mmu_test_libs)
tests_check_mmu_vm_entry_SOURCES = tests/check_mmu_vm_entry.c \
	tests/check_mmu_guests.h \
	$(mmu_test_sources) \
	$(mmu_test_guest)
tests_check_mmu_vm_entry_LDADD = $(mmu_test_libs)
tests_check_mmu_modes_same_SOURCES = tests/check_mmu_modes_same.c \
	$(mmu_test_sources) \
	$(mmu_test_legacy) \
	$(mmu_test_guest)
tests_check_mmu_modes_same_LDADD = $(mmu_test_libs)
tests_check_mmu_nested_SOURCES = tests/check_mmu_nested.c \
	tests/check_mmu_nested.h \
	$(mmu_test_sources) \
	$(mmu_test_guest)
tests_check_mmu_nested_LDADD = $(mmu_test_libs)
tests_check_mmu_nested_faults_SOURCES = tests/check_mmu_nested_faults.c \
	tests/check_mmu_nested.h \
	$(mmu_test_sources) \
	$(mmu_test_guest)
tests_check_mmu_nested_faults_LDADD = $(mmu_test_libs)
tests_check_mmu_known_SOURCES = tests/check_mmu_known.c \
	tests/check_mmu_psc.h \
	$(mmu_test_sources)
tests_check_mmu_known_LDADD = $(mmu_test_libs)
tests_check_mmu_many_SOURCES = tests/check_mmu_many.c \
	tests/check_mmu_many.h tests/check_mmu_many_machine.c
tests_check_mmu_many_LDADD = libtlbsim.la $(CHECK_LIBS)
tests_check_mmu_machines_SOURCES = tests/check_mmu_machines.c \
	$(mmu_test_sources)
tests_check_mmu_machines_LDADD = libtlbsim.la $(CHECK_LIBS)
tests_check_mmu_old_SOURCES = tests/check_mmu_old.c \
	tests/oracle_walk.h tests/oracle_walk.c \
	$(mmu_test_sources) \
	$(mmu_test_pages)
tests_check_mmu_old_LDADD = libtlbsim.la $(CHECK_LIBS)
tests_check_mmu_pcids_SOURCES = tests/check_mmu_pcids.c \
	$(mmu_test_sources)
tests_check_mmu_pcids_LDADD = $(mmu_test_libs)
# The walk over a memory of the test's own.
tests_check_mmu_race_SOURCES = tests/check_mmu_race.c \
	tests/race/mmu/physmem.h mmu/ept.c mmu/nested.c mmu/paging.c mmu/walk.c
tests_check_mmu_race_CPPFLAGS = -iquote $(srcdir)/tests/race $(AM_CPPFLAGS)
tests_check_mmu_race_CFLAGS = $(AM_CFLAGS)
tests_check_mmu_race_LDADD = $(CHECK_LIBS)
tests_check_mmu_la57_SOURCES = tests/check_mmu_la57.c \
	$(mmu_test_sources)
tests_check_mmu_la57_LDADD = $(mmu_test_libs)
tests_check_mmu_psc_SOURCES = tests/check_mmu_psc.c \
	tests/check_mmu_psc.h \
	$(mmu_test_sources)
tests_check_mmu_psc_LDADD = $(mmu_test_libs)
tests_check_mmu_psc_stale_SOURCES = tests/check_mmu_psc_stale.c \
	tests/check_mmu_psc.h \
	$(mmu_test_sources)
tests_check_mmu_psc_stale_LDADD = $(mmu_test_libs)
tests_check_mmu_psc_drop_SOURCES = tests/check_mmu_psc_drop.c \
	$(mmu_test_sources)
tests_check_mmu_psc_drop_LDADD = $(mmu_test_libs)
tests_check_mmu_ahead_SOURCES = tests/check_mmu_ahead.c \
	$(mmu_test_sources)
tests_check_mmu_ahead_LDADD = $(mmu_test_libs)
tests_check_mmu_quirks_SOURCES = tests/check_mmu_quirks.c \
	tests/check_mmu_quirks.h \
	$(mmu_test_sources)
tests_check_mmu_quirks_LDADD = $(mmu_test_libs)
tests_check_mmu_unasked_SOURCES = tests/check_mmu_unasked.c \
	tests/check_mmu_quirks.h \
	$(mmu_test_sources)
tests_check_mmu_unasked_LDADD = $(mmu_test_libs)
tests_check_mmu_errata_SOURCES = tests/check_mmu_errata.c \
	tests/check_mmu_quirks.h \
	$(mmu_test_sources)
tests_check_mmu_errata_LDADD = $(mmu_test_libs)
tests_check_mmu_registers_SOURCES = tests/check_mmu_registers.c \
	$(mmu_test_sources)
tests_check_mmu_registers_LDADD = $(mmu_test_libs)
tests_check_mmu_replace_SOURCES = tests/check_mmu_replace.c \
	$(mmu_test_sources)
tests_check_mmu_replace_LDADD = $(mmu_test_libs)
tests_check_mmu_invpcid_SOURCES = tests/check_mmu_invpcid.c \
	$(mmu_test_sources)
tests_check_mmu_invpcid_LDADD = $(mmu_test_libs)
tests_check_mmu_rights_SOURCES = tests/check_mmu_rights.c \
	$(mmu_test_sources) \
	tests/oracle_walk.h tests/oracle_walk.c
tests_check_mmu_rights_LDADD = $(mmu_test_libs)
tests_check_mmu_same_SOURCES = tests/check_mmu_same.c \
	tests/check_mmu_world.h tests/check_mmu_world.c \
	$(mmu_test_sources) \
	$(mmu_test_pages)
tests_check_mmu_same_LDADD = libtlbsim.la $(CHECK_LIBS)
tests_check_mmu_smash_SOURCES = tests/check_mmu_smash.c \
	$(mmu_test_sources)
tests_check_mmu_smash_LDADD = $(mmu_test_libs)
tests_check_mmu_stale_SOURCES = tests/check_mmu_stale.c \
	$(mmu_test_sources)
tests_check_mmu_stale_LDADD = $(mmu_test_libs)
tests_check_mmu_stale_shared_SOURCES = tests/check_mmu_stale_shared.c \
	$(mmu_test_sources)
tests_check_mmu_stale_shared_LDADD = $(mmu_test_libs)
tests_check_mmu_sweep_SOURCES = tests/check_mmu_sweep.c \
	$(mmu_test_sources) \
	tests/oracle_walk.h tests/oracle_walk.c
tests_check_mmu_sweep_LDADD = $(mmu_test_libs)
tests_check_mmu_tlb_SOURCES = tests/check_mmu_tlb.c \
	$(mmu_test_sources)
tests_check_mmu_tlb_LDADD = $(mmu_test_libs)
tests_check_mmu_levels_SOURCES = tests/check_mmu_levels.c \
	$(mmu_test_sources)
tests_check_mmu_levels_LDADD = $(mmu_test_libs)
tests_check_mmu_vectors_SOURCES = tests/check_mmu_vectors.c
tests_check_mmu_vectors_LDADD = $(mmu_test_libs)
tests_check_mmu_walk_SOURCES = tests/check_mmu_walk.c \
	$(mmu_test_sources)
tests_check_mmu_walk_LDADD = $(mmu_test_libs)

check_PROGRAMS += \
	tests/check_gnttab_batches \
	tests/check_gnttab_calls \
	tests/check_gnttab_check \
	tests/check_gnttab_copy \
	tests/check_gnttab_device \
	tests/check_gnttab_entry \
	tests/check_gnttab_era \
	tests/check_gnttab_evict \
	tests/check_gnttab_external \
	tests/check_gnttab_faults \
	tests/check_gnttab_growth \
	tests/check_gnttab_handles \
	tests/check_gnttab_map \
	tests/check_gnttab_memory \
	tests/check_gnttab_model \
	tests/check_gnttab_policy \
	tests/check_gnttab_races \
	tests/check_gnttab_replace \
	tests/check_gnttab_setup \
	tests/check_gnttab_storm \
	tests/check_gnttab_swap \
	tests/check_gnttab_transfer \
	tests/check_gnttab_transfer_races \
	tests/check_gnttab_transitive \
	tests/check_gnttab_unmap \
	tests/check_gnttab_update \
	tests/check_gnttab_version
grant_sources = tests/fake_machine.h tests/fake_machine.c \
	tests/fake_frames.c tests/fake_hooks.c tests/fake_tlb.c \
	tests/grant_calls.h tests/grant_calls.c
grant_libs = gnttab/libgnttab.la $(CHECK_LIBS)
tests_check_gnttab_batches_SOURCES = tests/check_gnttab_batches.c \
	$(grant_sources)
tests_check_gnttab_batches_LDADD = $(grant_libs)
tests_check_gnttab_calls_SOURCES = tests/check_gnttab_calls.c \
	$(grant_sources)
tests_check_gnttab_calls_LDADD = $(grant_libs)
tests_check_gnttab_check_SOURCES = tests/check_gnttab_check.c \
	$(grant_sources)
tests_check_gnttab_check_LDADD = $(grant_libs)
tests_check_gnttab_copy_SOURCES = tests/check_gnttab_copy.c \
	$(grant_sources)
tests_check_gnttab_copy_LDADD = $(grant_libs)
tests_check_gnttab_entry_SOURCES = tests/check_gnttab_entry.c \
	$(grant_sources)
tests_check_gnttab_entry_LDADD = $(grant_libs)
tests_check_gnttab_era_SOURCES = tests/check_gnttab_era.c \
	$(grant_sources)
tests_check_gnttab_era_LDADD = $(grant_libs)
tests_check_gnttab_evict_SOURCES = tests/check_gnttab_evict.c \
	$(grant_sources)
tests_check_gnttab_evict_LDADD = $(grant_libs)
tests_check_gnttab_device_SOURCES = tests/check_gnttab_device.c \
	$(grant_sources)
tests_check_gnttab_device_LDADD = $(grant_libs)
tests_check_gnttab_growth_SOURCES = tests/check_gnttab_growth.c \
	$(grant_sources)
tests_check_gnttab_growth_LDADD = $(grant_libs)
tests_check_gnttab_external_SOURCES = tests/check_gnttab_external.c \
	$(grant_sources)
tests_check_gnttab_external_LDADD = $(grant_libs)
tests_check_gnttab_faults_SOURCES = tests/check_gnttab_faults.c \
	$(grant_sources)
tests_check_gnttab_faults_LDADD = $(grant_libs)
tests_check_gnttab_handles_SOURCES = tests/check_gnttab_handles.c \
	$(grant_sources)
tests_check_gnttab_handles_LDADD = $(grant_libs)
tests_check_gnttab_map_SOURCES = tests/check_gnttab_map.c \
	$(grant_sources)
tests_check_gnttab_map_LDADD = $(grant_libs)
tests_check_gnttab_memory_SOURCES = tests/check_gnttab_memory.c \
	$(grant_sources)
tests_check_gnttab_memory_LDADD = $(grant_libs)
tests_check_gnttab_memory_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=calloc
tests_check_gnttab_model_SOURCES = tests/check_gnttab_model.c \
	tests/model_calls.c \
	tests/model_gnttab.c \
	tests/model_gnttab.h \
	tests/model_gnttab_claim.c \
	tests/model_gnttab_copy.c \
	tests/model_gnttab_map.c \
	tests/model_gnttab_ops.h \
	tests/model_gnttab_table.c \
	tests/model_guests.c \
	tests/model_guests.h \
	tests/model_ops.c \
	$(grant_sources)
tests_check_gnttab_model_LDADD = $(grant_libs)
tests_check_gnttab_policy_SOURCES = tests/check_gnttab_policy.c \
	$(grant_sources)
tests_check_gnttab_policy_LDADD = $(grant_libs)
tests_check_gnttab_update_SOURCES = tests/check_gnttab_update.c \
	$(grant_sources)
tests_check_gnttab_update_LDADD = $(grant_libs)
tests_check_gnttab_races_SOURCES = tests/check_gnttab_races.c \
	$(grant_sources)
tests_check_gnttab_races_LDADD = $(grant_libs)
tests_check_gnttab_replace_SOURCES = tests/check_gnttab_replace.c \
	$(grant_sources)
tests_check_gnttab_replace_LDADD = $(grant_libs)
tests_check_gnttab_storm_SOURCES = tests/check_gnttab_storm.c \
	tests/storm.h tests/storm_calls.c \
	$(grant_sources)
tests_check_gnttab_storm_LDADD = $(grant_libs)
tests_check_gnttab_transfer_races_SOURCES = tests/check_gnttab_transfer_races.c \
	tests/check_gnttab_transfer.h \
	$(grant_sources)
tests_check_gnttab_transfer_races_LDADD = $(grant_libs)
tests_check_gnttab_transfer_SOURCES = tests/check_gnttab_transfer.c \
	tests/check_gnttab_transfer.h \
	$(grant_sources)
tests_check_gnttab_transfer_LDADD = $(grant_libs)
tests_check_gnttab_transitive_SOURCES = tests/check_gnttab_transitive.c \
	$(grant_sources)
tests_check_gnttab_transitive_LDADD = $(grant_libs)
tests_check_gnttab_unmap_SOURCES = tests/check_gnttab_unmap.c \
	$(grant_sources)
tests_check_gnttab_unmap_LDADD = $(grant_libs)
tests_check_gnttab_version_SOURCES = tests/check_gnttab_version.c \
	$(grant_sources)
tests_check_gnttab_version_LDADD = $(grant_libs)
tests_check_gnttab_setup_SOURCES = tests/check_gnttab_setup.c \
	$(grant_sources)
tests_check_gnttab_setup_LDADD = $(grant_libs)
tests_check_gnttab_swap_SOURCES = tests/check_gnttab_swap.c \
	$(grant_sources)
tests_check_gnttab_swap_LDADD = $(grant_libs)

check_PROGRAMS += \
	tests/check_ept \
	tests/check_flush_clock \
	tests/check_machine \
	tests/check_oracle \
	tests/check_p2m \
	tests/check_page \
	tests/check_series \
	tests/check_sim \
	tests/check_sim_ahead \
	tests/check_sim_answers \
	tests/check_sim_buffer \
	tests/check_sim_cached \
	tests/check_sim_calls \
	tests/check_sim_dma \
	tests/check_sim_memory \
	tests/check_sim_ops \
	tests/check_sim_pinning \
	tests/check_sim_refused \
	tests/check_sim_stops \
	tests/check_sim_trace \
	tests/check_sim_transfer \
	tests/check_sim_update \
	tests/check_sim_update_grants \
	tests/check_sparse \
	tests/check_strand
rig_sources = tests/rig.h tests/rig.c
rig_libs = libtlbsim.la $(CHECK_LIBS)
tests_check_series_SOURCES = tests/check_series.c $(rig_sources)
tests_check_series_LDADD = $(rig_libs)
tests_check_sim_dma_SOURCES = tests/check_sim_dma.c $(rig_sources)
tests_check_sim_dma_LDADD = $(rig_libs)
tests_check_ept_SOURCES = tests/check_ept.c $(rig_sources)
tests_check_ept_LDADD = $(rig_libs)
tests_check_flush_clock_SOURCES = tests/check_flush_clock.c \
	$(rig_sources)
tests_check_flush_clock_LDADD = $(rig_libs)
tests_check_sim_pinning_SOURCES = tests/check_sim_pinning.c \
	$(rig_sources)
tests_check_sim_pinning_LDADD = $(rig_libs)
tests_check_machine_SOURCES = tests/check_machine.c $(rig_sources)
tests_check_machine_LDADD = $(rig_libs)
tests_check_oracle_SOURCES = tests/check_oracle.c $(rig_sources)
tests_check_oracle_LDADD = $(rig_libs)
tests_check_p2m_SOURCES = tests/check_p2m.c $(rig_sources)
tests_check_p2m_LDADD = $(rig_libs)
tests_check_page_SOURCES = tests/check_page.c $(rig_sources)
tests_check_page_LDADD = $(rig_libs)
tests_check_sim_SOURCES = tests/check_sim.c $(rig_sources)
tests_check_sim_LDADD = $(rig_libs)
tests_check_sim_answers_SOURCES = tests/check_sim_answers.c $(rig_sources)
tests_check_sim_answers_LDADD = $(rig_libs)
tests_check_sim_cached_SOURCES = tests/check_sim_cached.c $(rig_sources)
tests_check_sim_cached_LDADD = $(rig_libs)
tests_check_sim_ahead_SOURCES = tests/check_sim_ahead.c $(rig_sources)
tests_check_sim_ahead_LDADD = $(rig_libs)
tests_check_sim_buffer_SOURCES = tests/check_sim_buffer.c $(rig_sources)
tests_check_sim_buffer_LDADD = $(rig_libs)
tests_check_sim_calls_SOURCES = tests/check_sim_calls.c $(rig_sources)
tests_check_sim_calls_LDADD = $(rig_libs)
tests_check_sim_memory_SOURCES = tests/check_sim_memory.c $(rig_sources)
tests_check_sim_memory_LDADD = $(rig_libs)
tests_check_sim_ops_SOURCES = tests/check_sim_ops.c $(rig_sources)
tests_check_sim_ops_LDADD = $(rig_libs)
tests_check_sparse_SOURCES = tests/check_sparse.c
tests_check_sparse_LDADD = $(rig_libs)
tests_check_strand_SOURCES = tests/check_strand.c
tests_check_strand_LDADD = $(rig_libs)
tests_check_sim_stops_SOURCES = tests/check_sim_stops.c $(rig_sources)
tests_check_sim_stops_LDADD = $(rig_libs)
tests_check_sim_update_SOURCES = tests/check_sim_update.c tests/check_sim_update.h \
	$(rig_sources)
tests_check_sim_update_LDADD = $(rig_libs)
tests_check_sim_update_grants_SOURCES = tests/check_sim_update_grants.c tests/check_sim_update.h \
	$(rig_sources)
tests_check_sim_update_grants_LDADD = $(rig_libs)
tests_check_sim_refused_SOURCES = tests/check_sim_refused.c $(rig_sources)
tests_check_sim_refused_LDADD = $(rig_libs)
tests_check_sim_trace_LDADD = $(rig_libs)
tests_check_sim_transfer_SOURCES = tests/check_sim_transfer.c $(rig_sources)
tests_check_sim_transfer_LDADD = $(rig_libs)

check_PROGRAMS += tests/check_blkback tests/check_chase \
	tests/check_driver_errors tests/check_drivers tests/check_netback
driver_sources = tests/driver_run.h tests/driver_run.c
driver_libs = workloads/libworkloads.la sim/libsim.la \
	$(YAML_LIBS) $(ZLIB_LIBS) $(LZMA_LIBS) $(PCAP_LIBS) $(CHECK_LIBS)
tests_check_blkback_SOURCES = tests/check_blkback.c $(driver_sources)
tests_check_blkback_LDADD = $(driver_libs)
tests_check_chase_SOURCES = tests/check_chase.c $(driver_sources)
tests_check_chase_LDADD = $(driver_libs)
tests_check_driver_errors_SOURCES = tests/check_driver_errors.c \
	$(driver_sources)
tests_check_driver_errors_LDADD = $(driver_libs)
tests_check_drivers_SOURCES = tests/check_drivers.c $(driver_sources)
tests_check_drivers_LDADD = $(driver_libs)
check_PROGRAMS += tests/check_generate
tests_check_generate_SOURCES = tests/check_generate.c
tests_check_generate_LDADD = sim/libprogram.la $(driver_libs)
tests_check_netback_SOURCES = tests/check_netback.c $(driver_sources)
tests_check_netback_LDADD = $(driver_libs)

# reading of files
check_PROGRAMS += \
	tests/check_binary \
	tests/check_binary_bulk \
	tests/check_binary_damage \
	tests/check_binary_pattern \
	tests/check_binary_seek \
	tests/check_diag \
	tests/check_errors \
	tests/check_event_lines \
	tests/check_events \
	tests/check_field \
	tests/check_node \
	tests/check_number \
	tests/check_profile \
	tests/check_setting \
	tests/check_sweep \
	tests/check_sweep_order \
	tests/check_sweep_outcomes \
	tests/check_trace \
	tests/check_trace_alike \
	tests/check_trace_large
reading_libs = libtlbsim.la $(CHECK_LIBS)
tests_check_diag_LDADD = $(reading_libs)
tests_check_errors_LDADD = $(reading_libs)
trace_story = $(text_file) tests/trace_story.h tests/trace_story.c \
	tests/describe.h tests/describe.c
binary_file = $(trace_story) tests/binary_file.h tests/binary_file.c
tests_check_binary_SOURCES = tests/check_binary.c $(binary_file)
tests_check_binary_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_binary_bulk_SOURCES = tests/check_binary_bulk.c $(binary_file)
tests_check_binary_bulk_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_binary_damage_SOURCES = tests/check_binary_damage.c $(binary_file)
tests_check_binary_damage_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_binary_seek_SOURCES = tests/check_binary_seek.c $(binary_file)
tests_check_binary_seek_LDADD = sim/libprogram.la $(reading_libs) $(ZLIB_LIBS)
tests_check_binary_pattern_SOURCES = tests/check_binary_pattern.c $(binary_file)
tests_check_binary_pattern_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_events_SOURCES = tests/check_events.c tests/check_events.h $(text_file) \
	tests/describe.h tests/describe.c
tests_check_events_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_event_lines_SOURCES = tests/check_event_lines.c tests/check_events.h $(text_file) \
	tests/describe.h tests/describe.c
tests_check_event_lines_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_number_SOURCES = tests/check_number.c $(text_file)
tests_check_number_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_field_SOURCES = tests/check_field.c tests/check_node.h $(text_file)
tests_check_field_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_node_SOURCES = tests/check_node.c tests/check_node.h $(text_file)
tests_check_node_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_profile_SOURCES = tests/check_profile.c $(text_file)
tests_check_profile_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_setting_SOURCES = tests/check_setting.c $(text_file)
tests_check_setting_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_sweep_SOURCES = tests/check_sweep.c $(text_file)
tests_check_sweep_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_sweep_order_SOURCES = tests/check_sweep_order.c
tests_check_sweep_order_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_sweep_outcomes_SOURCES = tests/check_sweep_outcomes.c $(text_file)
tests_check_sweep_outcomes_LDADD = $(program_libs) $(CHECK_LIBS)
tests_check_trace_SOURCES = tests/check_trace.c $(trace_story)
tests_check_trace_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_trace_alike_SOURCES = tests/check_trace_alike.c $(trace_story)
tests_check_trace_alike_LDADD = $(reading_libs) $(ZLIB_LIBS)
tests_check_trace_large_SOURCES = tests/check_trace_large.c $(trace_story)
tests_check_trace_large_LDADD = $(reading_libs) $(ZLIB_LIBS)

check_PROGRAMS += tests/check_explain
tests_check_explain_LDADD = $(program_libs) $(CHECK_LIBS)

check_PROGRAMS += tests/check_import tests/check_import_files \
	tests/check_frame_parse \
	tests/check_super_packet
tests_check_frame_parse_SOURCES = tests/check_frame_parse.c \
	tests/check_frames.h
tests_check_frame_parse_LDADD = workloads/libworkloads.la $(CHECK_LIBS)
tests_check_super_packet_SOURCES = tests/check_super_packet.c \
	tests/check_frames.h
tests_check_super_packet_LDADD = workloads/libworkloads.la $(CHECK_LIBS)
importing_sources = tests/importing.h tests/importing.c
importing_libs = workloads/libworkloads.la libtlbsim.la \
	$(ZLIB_LIBS) $(LZMA_LIBS) $(PCAP_LIBS) $(CHECK_LIBS)
tests_check_import_SOURCES = tests/check_import.c $(importing_sources)
tests_check_import_LDADD = $(importing_libs)
tests_check_import_files_SOURCES = tests/check_import_files.c \
	$(importing_sources)
tests_check_import_files_LDADD = $(importing_libs)

TESTS += $(check_PROGRAMS)
endif

# Fuzz targets go through their corpus; with --enable-fuzzers they can more.
fuzz_targets = \
	tests/fuzz/fuzz_binary \
	tests/fuzz/fuzz_compare \
	tests/fuzz/fuzz_import \
	tests/fuzz/fuzz_profile \
	tests/fuzz/fuzz_recording \
	tests/fuzz/fuzz_replay \
	tests/fuzz/fuzz_shell \
	tests/fuzz/fuzz_sweep \
	tests/fuzz/fuzz_trace
EXTRA_PROGRAMS += $(fuzz_targets)
check_DATA = $(fuzz_targets)
CLEANFILES += $(fuzz_targets)
if ENABLE_FUZZERS
fuzz_driver =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
else
fuzz_driver = tests/fuzz/run_corpus.c
fuzz_ldflags = $(AM_LDFLAGS)
endif
tests_fuzz_fuzz_binary_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_binary.c $(text_file) $(fuzz_driver)
tests_fuzz_fuzz_binary_LDADD = libtlbsim.la $(ZLIB_LIBS)
tests_fuzz_fuzz_binary_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_compare_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_compare.c $(text_file) $(fuzz_driver)
tests_fuzz_fuzz_compare_LDADD = $(program_libs)
tests_fuzz_fuzz_compare_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_import_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_import.c $(fuzz_driver)
tests_fuzz_fuzz_import_LDADD = $(program_libs)
tests_fuzz_fuzz_import_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_profile_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_profile.c $(text_file) $(fuzz_driver)
tests_fuzz_fuzz_profile_LDADD = libtlbsim.la $(ZLIB_LIBS)
tests_fuzz_fuzz_profile_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_recording_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_recording.c $(fuzz_driver)
tests_fuzz_fuzz_recording_LDADD = workloads/libworkloads.la libtlbsim.la \
	$(ZLIB_LIBS) $(LZMA_LIBS) $(PCAP_LIBS)
tests_fuzz_fuzz_recording_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_replay_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_replay.c $(fuzz_driver)
tests_fuzz_fuzz_replay_LDADD = libtlbsim.la
tests_fuzz_fuzz_replay_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_shell_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_shell.c $(text_file) $(fuzz_driver)
tests_fuzz_fuzz_shell_LDADD = $(program_libs)
tests_fuzz_fuzz_shell_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_sweep_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_sweep.c $(text_file) $(fuzz_driver)
tests_fuzz_fuzz_sweep_LDADD = $(program_libs)
tests_fuzz_fuzz_sweep_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_trace_SOURCES = tests/fuzz/fuzz.h \
	tests/fuzz/fuzz_trace.c $(text_file) $(fuzz_driver)
tests_fuzz_fuzz_trace_LDADD = libtlbsim.la $(ZLIB_LIBS)
tests_fuzz_fuzz_trace_LDFLAGS = $(fuzz_ldflags)
EXTRA_DIST += tests/fuzz/run_corpus.c tests/fuzz/binary tests/fuzz/compare tests/fuzz/import tests/fuzz/profile \
	tests/fuzz/recording tests/fuzz/replay tests/fuzz/shell tests/fuzz/sweep tests/fuzz/trace

dist_check_DATA += tests/html/all.cjs tests/html/browser.cjs tests/html/lesson.cjs \
	tests/html/report.cjs tests/html/timeline.cjs
# Or make would take a script for the source of the folder of its name.
tests/errors tests/golden tests/html tests/imports:
	@:
EXTRA_DIST += tests/errors tests/golden tests/imports tests/machines \
	tests/recordings tests/requests
