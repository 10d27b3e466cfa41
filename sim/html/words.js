/* Steps in words, as `tlbsim explain` has them in its text. */

function set(cpus) {
	return `{${cpus.join(',')}}`;
}

/* "hstr 1": the counters of a pin word that are not 0. */
function pinWords(pins) {
	const names = ['hstw', 'hstr', 'devw', 'devr'];
	const word = Number(pins || 0);

	return names.map((name, i) => [name, word >>> 8 * i & 0xff])
		.filter(([, count]) => count)
		.map(([name, count]) => `${name} ${count}`).join(', ') ||
		'nothing';
}

function frameWords(frame) {
	const grant = frame && frame.pins ?
		`, grant ${frame.ref} (pins: ${pinWords(frame.pins)})` : '';

	return frame ?
		`frame ${frame.frame} of domain ${frame.domain}${grant}` : '';
}

function isStale(step) {
	return step.stale_since !== undefined;
}

/* What should not be. */
function isAlarm(step) {
	return isStale(step) || step.step === 'violation';
}

function accessEnd(step) {
	if (step.end !== 'ok')
		return `${step.end}, error code ${step.error_code}`;
	if (step.served !== 'walk')
		return `${step.paddr}, by the ${step.served} TLB`;
	return `${step.paddr}, by a walk that read ` +
		plural(step.loads, 'entry', 'entries');
}

function accessWords(step) {
	const who = step.hypervisor ? 'the hypervisor' : `CPU ${step.cpu}`;
	const verb = { read: 'reads', write: 'writes', fetch: 'fetches' };
	let text = `${who} ${verb[step.access]} ${step.va}: ` +
		`${accessEnd(step)}; ${plural(step.cycles, 'cycle', 'cycles')}`;

	if (isStale(step))
		text += '. Stale: the page table no longer says so' +
			(step.stale_event ? `, since the ${step.stale_event} ` +
			`of line ${step.stale_line}` : '');
	return text;
}

function entryWords(step) {
	const frame = frameWords(step.to || step.from);
	const held = step.holders.length ?
		`; held by CPUs ${set(step.holders)}` : '';

	return `${step.level || 'the entry'} at ${step.entry}: ` +
		`${step.bits_before} → ${step.bits_after}` +
		(frame && `; ${frame}`) + held;
}

function decisionWords(step) {
	const what = step.flush ? `flush CPUs ${set(step.cpus)}` : 'no flush';
	const first = step.accessed ?
		`, the first by operation ${step.first_accessed}` : '';

	return `batch of ${step.ops}, ` +
		`${plural(step.zapped, 'entry', 'entries')} taken away, ` +
		`${step.accessed} of them accessed${first}: ${what}, because ` +
		machine.reasons[step.reason];
}

function opWords(step) {
	const status = step.status === null ? 'not reached' :
		step.status === 0 ? 'okay' : `status ${step.status}`;
	const pins = step.pins ?
		`; grant ${step.ref}, pins: ${pinWords(step.pins)}` : '';

	return `operation ${step.op}: ${status}${pins}`;
}

const WORDS = {
	event: (step) => step.text,
	access: accessWords,
	entry: entryWords,
	switch: (step) => `CPU ${step.cpu} switches to ` +
		(step.domain === null ? 'idle' : `domain ${step.domain}`),
	op: opWords,
	decision: decisionWords,
	flush: (step) => `CPUs ${set(step.cpus)} flush` +
		(step.needless ? ', with nothing to evict' : ''),
	violation: (step) => step.text,
	end: (step) => (step.inspected || ['the event is over']).join('; '),
};

function words(step) {
	return WORDS[step.step](step);
}
