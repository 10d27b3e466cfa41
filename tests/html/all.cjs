// SPDX-License-Identifier: GPL-2.0-or-later
//
// all.cjs - every page that tests/html.sh made, in one browser.
'use strict';

const path = require('path');

const { main } = require('./browser.cjs');
const lesson = require('./lesson.cjs');
const report = require('./report.cjs');

main(async (look, folder) => {
	const page = (name) => path.join(folder, name);

	await report(look, page('one.html'), page('several.html'),
		page('big.html'));
	await lesson(look, page('l02.html'), page('l11.html'),
		page('long.html'));
});
