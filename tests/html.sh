# SPDX-License-Identifier: GPL-2.0-or-later
#
# html.sh - pages in a real browser: Chromium, driven by playwright-core,
# which `npm install --prefix BUILD playwright-core` puts into a build folder.
skip()
{
	echo "html.sh: SKIPPED: no $1" >&2
	echo "1..0 # SKIP no $1"
	exit
}

chromium=$(command -v chromium || command -v chromium-browser) ||
	skip Chromium
command -v node >/dev/null || skip node
node -e 'require.resolve("playwright-core", { paths: [process.argv[1]] })' \
	"$top_builddir" 2>/dev/null || skip "playwright-core in $top_builddir"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export HOME="$tmp"
cd "$top_srcdir" || exit 1

# Some of these break invariants, which is a status of 1.
"$TLBSIM" replay --no-progress -p upstream,rfc2014,xs8 -m ivybridge-ep \
	-o "$tmp/one.html" workloads/cases/p01-five-policies.yaml 2>/dev/null
"$TLBSIM" replay --no-progress -p all -o "$tmp/several.html" \
	workloads/cases/c0*.yaml 2>/dev/null
"$TLBSIM" replay --no-progress -p upstream,rfc2014,xs8 -o "$tmp/big.html" \
	workloads/recorded/np2.yaml.gz 2>/dev/null
for name in l02-hit-hides-a-change l11-grant-map-touch-unmap; do
	"$TLBSIM" explain -o "$tmp/${name%%-*}.html" \
		"workloads/lessons/$name.yaml" 2>/dev/null
done
"$TLBSIM" explain --to 3000 -o "$tmp/long.html" \
	workloads/recorded/np2.yaml.gz 2>/dev/null
node tests/html/all.cjs "$chromium" "$top_builddir" "$tmp"
