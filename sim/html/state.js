/*
 * What the machine holds after a step, as far as the steps say: they are
 * added up from the first.
 *
 *	cpus	number -> { domain, caches: name -> key -> entry }
 *	entries	address -> page-table entry
 *	grants	"domain:reference" -> grant, and the entries that lead to it
 *	access	the last translation
 */

function newState() {
	return {
		cpus: new Map(), entries: new Map(), grants: new Map(),
		access: null, step: null,
	};
}

function cpuOf(state, number) {
	if (!state.cpus.has(number))
		state.cpus.set(number, { caches: new Map() });
	return state.cpus.get(number);
}

function cacheOf(state, change) {
	const { caches } = cpuOf(state, change.cpu);

	if (!caches.has(change.cache))
		caches.set(change.cache, new Map());
	return caches.get(change.cache);
}

function keyOf(change) {
	return [change.va, change.size, change.pcid, change.global].join();
}

/* What was dropped is shown until the next step. */
function applyChange(state, change) {
	const cache = cacheOf(state, change), key = keyOf(change);
	const before = cache.get(key);

	cache.set(key, {
		...change,
		mark: change.change,
		stale: change.change === 'stale' ||
			change.change !== 'filled' && before && before.stale,
	});
}

function forgetMarks(state) {
	for (const cpu of state.cpus.values())
		for (const cache of cpu.caches.values())
			for (const [key, entry] of cache)
				if (entry.mark === 'dropped')
					cache.delete(key);
				else
					entry.mark = null;
	for (const entry of state.entries.values())
		entry.mark = null;
	for (const grant of state.grants.values())
		grant.mark = null;
}

function setEntry(state, address, entry) {
	const before = state.entries.get(address);

	/* The newest last. */
	state.entries.delete(address);
	state.entries.set(address, { ...before, ...entry, mark: 'changed' });
}

function grantOf(state, frame) {
	const key = `${frame.domain}:${frame.ref}`;

	if (!state.grants.has(key))
		state.grants.set(key, {
			domain: frame.domain, ref: frame.ref,
			frame: frame.frame, mapped: new Set(),
		});
	return state.grants.get(key);
}

function noteGrant(state, frame, step, maps) {
	if (!frame || !frame.pins)
		return;
	const grant = grantOf(state, frame);

	grant.pins = frame.pins;
	grant.frame = frame.frame;
	grant.mark = 'changed';
	grant.by = [step.event, step.op].join();
	if (maps)
		grant.mapped.add(step.entry);
	else
		grant.mapped.delete(step.entry);
}

/* An operation does not say whose reference it names: its entries did. */
function applyOp(state, step) {
	for (const grant of state.grants.values())
		if (step.pins && grant.ref === step.ref &&
			grant.by === [step.event, step.op].join()) {
			grant.pins = step.pins;
			grant.mark = 'changed';
		}
}

const APPLY = {
	access(state, step) {
		state.access = step;
		cpuOf(state, step.cpu);
		for (const level of step.levels)
			if (level.before !== level.after)
				setEntry(state, level.entry, {
					level: level.level, bits: level.bits,
					value: level.after,
				});
	},
	entry(state, step) {
		setEntry(state, step.entry, {
			level: step.level, bits: step.bits_after,
			value: step.after, frame: step.to,
		});
		noteGrant(state, step.from, step, false);
		noteGrant(state, step.to, step, true);
	},
	switch(state, step) {
		cpuOf(state, step.cpu).domain = step.domain;
	},
	op: applyOp,
};

function apply(state, step) {
	forgetMarks(state);
	state.step = step;
	if (APPLY[step.step])
		APPLY[step.step](state, step);
	for (const change of step.changes || [])
		applyChange(state, change);
}

/* After step @number; a step forward is added to @state. */
function stateAfter(steps, number, state) {
	let from = state ? state.number + 1 : 0;

	if (!state || from > number + 1) {
		state = newState();
		from = 0;
	}
	for (let i = from; i <= number; i++)
		apply(state, steps[i]);
	state.number = number;
	return state;
}
