/*
 * A lesson on paper, where nobody can step: the question, every event with
 * all its steps, and the answer.  Made when it is printed.
 */

const CHANGED = { filled: 'cached', updated: 'renewed', dropped: 'dropped',
	stale: 'stale now' };

function changeLine(change) {
	return html('li', { class: change.change === 'stale' ? 'bad' : 'faint' },
		`${CHANGED[change.change]}: CPU ${change.cpu}, ${change.cache}: ` +
		`${change.va} → ${change.paddr}`);
}

function levelLine(level) {
	return html('li', {}, [`${level.level} at ${level.entry}: `,
		html('code', {}, level.after), ' ',
		...bitBadges(level.before, level.after),
		level.read ? '' : ' (not read)']);
}

function paperStep(step) {
	const details = [...(step.levels || []).map(levelLine),
		...(step.changes || []).map(changeLine)];

	return html('li', {}, [
		html('span', { class: isAlarm(step) ? 'bad' : null },
			(isAlarm(step) ? '! ' : '') + words(step)),
		details.length ? html('ul', {}, details) : '']);
}

function paperEvent(number, list) {
	const told = list.filter((step) => step.step !== 'event' &&
		(step.step !== 'end' || step.inspected));

	return html('section', {}, [
		html('h3', {}, eventText(number)),
		html('ol', {}, told.map(paperStep))]);
}

function byEvent() {
	const events = new Map();

	for (const step of steps)
		events.set(step.event, [...events.get(step.event) || [], step]);
	return events;
}

function drawPaper() {
	byId('paper').replaceChildren(
		...[...byEvent()].map(([number, list]) =>
			paperEvent(number, list)),
		...told.answer ? [html('section', {}, [
			html('h3', {}, 'Answer'),
			...paragraphs(told.answer)])] : []);
}

addEventListener('beforeprint', drawPaper);
