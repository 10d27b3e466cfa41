# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh - run the image on each machine there is and compare.
#
#	METAL=program IMAGE=file [METAL_CASES=N|all] [METAL_SEED=N] sh run.sh
#
# Machines: QEMU's TCG and Bochs, each with and without 1 GiB pages, and KVM
# where the processor walks the guest's tables itself.  What is absent is
# skipped, aloud; with no machine at all the exit status is 77.
set -u

cases=${METAL_CASES:-all}
seed=${METAL_SEED:-1}
limit=${METAL_TIMEOUT:-900}		# seconds, for each machine
disk_bytes=516096			# one cylinder of 16 heads, 63 sectors
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

skip()
{
	echo "metal: SKIPPED $1: $2" >&2
}

# run NAME LOG COMMAND...: the machine must have sent something.
run()
{
	name=$1
	log=$2
	shift 2
	began=$(date +%s)
	timeout "$limit" "$@" </dev/null >"$work/$name.screen" 2>&1
	status=$?
	if [ -s "$work/$name.out" ]; then
		echo "metal: $name ran for $(($(date +%s) - began)) s"
	else
		echo "metal: $name sent nothing, exit status $status:" >&2
		tail -n 20 "$log" >&2
		: >"$work/failed"
	fi
}

# run_qemu NAME ACCELERATOR CPU
run_qemu()
{
	cp "$work/image" "$work/$1.img"
	run "$1" "$work/$1.screen" qemu-system-x86_64 -accel "$2" -cpu "$3" \
		-m 32 -display none -nodefaults -no-reboot \
		-drive "file=$work/$1.img,format=raw,if=ide" \
		-serial "file:$work/$1.out" \
		-device isa-debug-exit,iobase=0xf4,iosize=4
}

# run_bochs NAME MODEL
#
# Bochs as Debian builds it has its debugger in, which must be told to go on,
# and no display but for a terminal: with TERM=dumb that may be absent too.
# The fewer instructions a second, the fewer the serial port takes for a byte.
run_bochs()
{
	cp "$work/image" "$work/$1.img"
	echo continue >"$work/$1.debug"
	cat >"$work/$1.rc" <<-END
		config_interface: textconfig
		display_library: term
		cpu: model=$2, count=1, ips=1000000, reset_on_triple_fault=0
		memory: guest=32, host=32
		romimage: file=$bochs_bios, options=fastboot
		vgaromimage: file=$bochs_vga
		ata0-master: type=disk, path=$work/$1.img, mode=flat, cylinders=1, heads=16, spt=63
		boot: disk
		com1: enabled=1, mode=file, dev=$work/$1.out
		clock: sync=none, time0=0
		log: $work/$1.log
		panic: action=fatal
		info: action=ignore
		mouse: enabled=0
	END
	run "$1" "$work/$1.log" env TERM=dumb \
		bochs -q -f "$work/$1.rc" -rc "$work/$1.debug"
}

first_of()
{
	for file; do
		[ -f "$file" ] && echo "$file" && return
	done
	return 1
}

qemu()
{
	command -v qemu-system-x86_64 >/dev/null || {
		skip qemu-tcg 'not installed; on Debian: qemu-system-x86'
		return
	}
	run_qemu qemu-tcg tcg max
	run_qemu qemu-tcg-no-1g tcg max,-pdpe1gb
}

bochs_machines()
{
	bochs_bios=$(first_of /usr/share/bochs/BIOS-bochs-latest) &&
		bochs_vga=$(first_of /usr/share/vgabios/vgabios.bin \
			/usr/share/bochs/VGABIOS-lgpl-latest) &&
		command -v bochs >/dev/null || {
		skip bochs 'not installed; on Debian: bochs bochs-term vgabios'
		return
	}
	run_bochs bochs tigerlake
	run_bochs bochs-no-1g corei7_ivy_bridge_3770k
}

loaded_kvm()
{
	for module in /sys/module/kvm_*; do
		[ ! -d "$module" ] || basename "$module"
	done
}

# kvm_of VENDOR PARAMETER: KVM's name, if there it uses nested paging.
kvm_of()
{
	case $(cat "/sys/module/kvm_$1/parameters/$2" 2>/dev/null) in
	Y | 1) echo "kvm-$1" ;;
	esac
}

kvm()
{
	name=$(kvm_of intel ept)$(kvm_of amd npt)
	if [ ! -w /dev/kvm ]; then
		skip kvm 'no /dev/kvm here that may be used'
	elif ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
		skip kvm "no VMX or SVM: software ($(loaded_kvm)), not silicon"
	elif [ -z "$name" ]; then
		skip kvm 'no nested paging: tables are walked by software'
	elif command -v qemu-system-x86_64 >/dev/null; then
		run_qemu "$name" kvm host
	else
		skip kvm 'no qemu-system-x86_64'
	fi
}

{ cp "$IMAGE" "$work/image" && truncate -s "$disk_bytes" "$work/image" &&
	"$METAL" prepare "$work/image" "$seed" "$cases"; } || exit 1
qemu &
bochs_machines
wait
kvm
[ ! -e "$work/failed" ] || exit 1

set --
for name in qemu-tcg qemu-tcg-no-1g bochs bochs-no-1g kvm-intel kvm-amd; do
	[ ! -s "$work/$name.out" ] || set -- "$@" "$name=$work/$name.out"
done
[ $# -gt 0 ] || exit 77
"$METAL" compare "$@"
