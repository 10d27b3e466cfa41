# SPDX-License-Identifier: GPL-2.0-or-later
#
# capture.sh - real traffic of this machine, made and imported: a web server
# and a client in network namespaces of their own under tcpdump, and fio on a
# file.  Nothing of the machine's own network is touched, and root is needed
# only where users may not make namespaces.
#
# With KEEP=DIR the files stay there: that is how workloads/captured/ was made.
. "$top_srcdir/tests/tap.sh"

for tool in unshare ip tcpdump curl python3 ethtool fio; do
	command -v "$tool" >/dev/null || missing="${missing-} $tool"
done
if [ -n "${missing-}" ]; then
	echo "1..0 # SKIP SKIPPED: not installed:$missing"
	exit
fi
# Root's tcpdump would give up its rights, and cannot in a namespace of users;
# of anybody else the rights in a new namespace are kept.
if [ "$(id -u)" = 0 ]; then
	isolated='unshare -n'
	stay='-Z root'
else
	isolated='unshare -Unc --keep-caps'
	stay=
fi
if ! $isolated unshare -n true 2>/dev/null; then
	echo '1..0 # SKIP SKIPPED: namespaces cannot be made here'
	exit
fi

tmp=${KEEP:-$(mktemp -d)}
[ -n "${KEEP-}" ] || trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp"
cd "$tmp" || exit 1
head -c 1000000 /dev/zero | tr '\0' x >page.html

# Two namespaces with a cable between them; the guest's end is watched while
# the other downloads from its server.
cat >web.sh <<'END'
set -e
capture=$1 segmentation=$2 stay=$3
unshare -n sleep 60 &
guest=$!
trap 'kill $guest' EXIT
sleep 0.5
inside()
{
	nsenter -t "$guest" -n "$@"
}
ip link add guest type veth peer name world
ip link set guest netns "$guest"
ip addr add 192.0.2.1/24 dev world
ip link set world up
inside ip addr add 192.0.2.2/24 dev guest
inside ip link set guest up
inside ip link set lo up
inside ethtool -K guest tso "$segmentation" gso "$segmentation" >/dev/null
ethtool -K world gro off >/dev/null
nsenter -t "$guest" -n python3 -m http.server --bind 192.0.2.2 8000 \
	>/dev/null 2>&1 &
server=$!
# shellcheck disable=SC2086 # two words or none
nsenter -t "$guest" -n tcpdump $stay -i guest -s 96 -U -w "$capture" tcp \
	2>/dev/null &
dump=$!
sleep 1.5
curl -s --retry 5 --retry-connrefused -o got http://192.0.2.2:8000/page.html
cmp got page.html
sleep 0.5
kill "$dump" "$server"
wait "$dump" || :
END

web()
{
	$isolated sh web.sh "$1" "$2" "$stay"
}

# imports FORMAT FILE TRACE OPTION...
imports()
{
	format=$1 file=$2 trace=$3
	shift 3
	"$TLBSIM" import "$format" "$file" -o "$trace" "$@" &&
		"$TLBSIM" replay -q -p upstream,xs8 "$trace"
}

# avoids AT-LEAST AT-MOST TRACE: percent of its flushes, under xs8
avoids()
{
	percent=$("$TLBSIM" replay -f json -p xs8 "$3" |
		sed -n 's/.*"avoided_percent": \([0-9.]*\),*$/\1/p' | head -n 1)
	echo "$percent percent"
	awk "BEGIN { exit !($percent >= $1 && $percent <= $2) }"
}

slots()
{
	awk -F '[][]' '/slots/ { n += split($2, slot, ","); packets++ }
		END { printf "%d\n", packets ? 100 * n / packets : 0 }' "$1"
}

check 'a web server is captured' web web.pcap on
check 'and with its packets cut by the card' web wire.pcap off
check 'the capture becomes a trace' imports pcap web.pcap web.yaml \
	-O guest=192.0.2.2
check 'so does the other' imports pcap wire.pcap wire.yaml -O guest=192.0.2.2
imports pcap wire.pcap cut.yaml -O guest=192.0.2.2 -O merge=false
echo "# hundredths of slots a packet: $(slots web.yaml), merged again" \
	"$(slots wire.yaml), as on the wire $(slots cut.yaml)"
check 'what the card cut is put together again' \
	[ "$(slots wire.yaml)" -gt "$((2 * $(slots cut.yaml)))" ]
check 'a Linux guest avoids its flushes' avoids 95 100 web.yaml
imports pcap web.pcap tap.yaml -O guest=192.0.2.2 -O tap=true
check 'unless the backend captures, too' avoids 0 20 tap.yaml

fio --name=disk --filename=disk.img --size=8m --rw=randrw --bsrange=4k-256k \
	--number_ios=60 --ioengine=psync --write_iolog=disk.iolog \
	--randseed=7 >/dev/null 2>&1
check 'what fio did becomes a trace' imports fio disk.iolog disk.yaml
check 'descriptor pages cost flushes' avoids 10 90 disk.yaml
imports fio disk.iolog direct.yaml -O segments=11
check 'direct requests cost none' avoids 100 100 direct.yaml
rm -f web.sh page.html got disk.img
done_testing
