# SPDX-License-Identifier: GPL-2.0-or-later
#
# imports.sh - files of other tools, tests/imports/, become traces that run;
# what is cut off anywhere is refused or read as far as it makes sense.
. "$top_srcdir/tests/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$top_srcdir/tests/imports" || exit 1

# import FORMAT FILE OPTION...: into $tmp/trace.yaml
import()
{
	"$TLBSIM" import "$@" -o "$tmp/trace.yaml"
}

replays()
{
	import "$@" && "$TLBSIM" replay -q --policy upstream,xs8 \
		"$tmp/trace.yaml"
}

# No crash, no hang, and no trace unless it can be run.
survives_cuts()
{
	size=$(wc -c <"$2")
	step=$((size / 23 + 1))
	cut=0
	while [ "$cut" -lt "$size" ]; do
		head -c "$cut" "$2" | "$TLBSIM" import "$1" - \
			-o "$tmp/cut.yaml" 2>"$tmp/err"
		case $? in
		0)	"$TLBSIM" replay -q "$tmp/cut.yaml" || return ;;
		3)	grep -q '^tlbsim: -:' "$tmp/err" || return ;;
		*)	cat "$tmp/err"
			return 1 ;;
		esac
		rm -f "$tmp/cut.yaml"
		cut=$((cut + step))
	done
}

# What differs between the two is the name of the file.
same_trace()
{
	import "$1" "$2" && sed 1,3d "$tmp/trace.yaml" >"$tmp/one" &&
		import "$3" "$4" && sed 1,3d "$tmp/trace.yaml" >"$tmp/other" &&
		cmp "$tmp/one" "$tmp/other"
}

# format file
while read -r format file; do
	check "$format: $file replays" replays "$format" "$file"
	check "$format: $file cut off anywhere" survives_cuts "$format" "$file"
done <<END
blkparse blkparse.txt
blktrace blktrace.bin
drmemtrace drmemtrace.txt
fio fio-2.iolog
fio fio-3.iolog
lackey lackey.txt
pcap web.pcap
pcap web.pcapng
pcap segments.pcap.gz
xentrace xentrace.bin.xz
xentrace xentrace-memory.bin
END
check 'pcapng is pcap' same_trace pcap web.pcap pcap web.pcapng
gzip -c web.pcap >"$tmp/web.pcap.gz"
check 'packed is unpacked' same_trace pcap web.pcap pcap "$tmp/web.pcap.gz"
check 'what blkparse prints is what blktrace wrote' \
	same_trace blktrace blktrace.bin blkparse blkparse.txt

# Calls and operations that the real Xen made while its tracer ran, as they
# were recorded from outside: of each kind, and their order by a checksum.
calls()
{
	awk '/^  (map|unmap|copy) / { print $1, gsub(/;/, ";") + 1 }' \
		"$tmp/trace.yaml"
}

equals_recording()
{
	import xentrace xentrace.bin.xz &&
		calls | awk '{ calls[$1]++; ops[$1] += $2 }
			END { for (kind in calls)
				print kind, calls[kind], ops[kind] }' |
		sort >"$tmp/counts" &&
		printf '%s\n' 'copy 5730 18286' 'map 2383 10647' \
			'unmap 1928 10435' | diff - "$tmp/counts" &&
		[ "$(calls | cksum)" = '747483721 70873' ]
}
check 'xentrace is what was recorded from outside' equals_recording

# What is shipped is what the file beside it gives, but for its name.
is_imported()
{
	shipped=$top_srcdir/workloads/captured/$1
	shift
	import "$@" && sed 1,3d "$tmp/trace.yaml" >"$tmp/one" &&
		gzip -dc "$shipped" | sed 1,3d | cmp - "$tmp/one"
}
captured=$top_srcdir/workloads/captured
check 'captured/web is what is imported' is_imported web.yaml.gz \
	pcap "$captured/web.pcap.gz" -O guest=192.0.2.2
check 'captured/wire is what is imported' is_imported wire.yaml.gz \
	pcap "$captured/wire.pcap.gz" -O guest=192.0.2.2
check 'captured/disk is what is imported' is_imported disk.yaml.gz \
	fio "$captured/disk.iolog"

# Both captures are of the same server and file; of one the card had cut the
# packets before they were captured.
mean_slots()
{
	"$TLBSIM" import pcap "$@" -O guest=10.77.0.2 | awk -F '[][]' '
		/slots/ { n += split($2, slot, ","); packets++ }
		END { printf "%d\n", 100 * n / packets }'
}

merges()
{
	whole=$(mean_slots web.pcap)
	merged=$(mean_slots segments.pcap.gz)
	cut=$(mean_slots segments.pcap.gz -O merge=false)
	echo "# hundredths of slots a packet: sent whole $whole, merged" \
		"$merged, as cut $cut"
	[ "$merged" -gt $((3 * cut)) ] && [ "$whole" -gt $((3 * cut)) ]
}
check 'segments become what was sent' merges
done_testing
