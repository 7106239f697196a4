// check.js BUILD HERE - see check
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as readers from "./readers.js";

const [build, here] = process.argv.slice(2);
const scratch = join(build, "formats", "out");
const formats = ["junit", "ctrf", "sarif", "gradescope", "tap", "csv"];

// For XML, JSON, YAML, TAP, spreadsheets and terminals.
const hostile = "=cmd|'/C calc'!A1 ]]><x a=\"1\">&amp;&#0; # TODO \\ \u001b[31m" +
	"\u0001\ufffe\n...\nnot ok 9\n1..0\r\n\u202e\"}] --- \ud83d\ude00";
const canary = "canary-4f1c9a";

// Words that mean something to the reader stay as they are.
const kept = new Set(["status", "visibility", "role", "kind", "started", "sha256",
	"digest", "verdict_digest", "unit", "outcome", "for", "tool", "path", "state"]);

function spoil(value, key = "") {
	if (typeof value === "string")
		return kept.has(key) ? value : hostile;
	if (Array.isArray(value))
		return value.map((item) => spoil(item, key));
	if (value === null || typeof value !== "object")
		return value;
	return Object.fromEntries(Object.entries(value).map(([name, item]) =>
		[name, spoil(item, name)]));
}

// All that is said of hidden tests says the canary.
function with_canaries(report) {
	const copy = structuredClone(report);
	copy.tests.push(...structuredClone(copy.tests).map((test) =>
		({ ...test, visibility: "hidden", id: `${canary}-${test.id}` })));
	for (const test of copy.tests) {
		if (test.visibility !== "hidden")
			continue;
		for (const key of ["title", "property", "message", "output", "fault"])
			test[key] = canary;
		test.traces = [{ title: canary, lines: [canary] }];
	}
	// a public one that waited for a hidden one
	copy.tests[0].skipped_for = copy.tests.at(-1).id;
	copy.tests[0].evidence = { ...copy.tests[0].evidence, detail:
		`${copy.tests.at(-1).id} did not pass` };
	return copy;
}

function render(format, audience, ...paths) {
	return execFileSync(join(build, "assay"), ["report", "--format", format,
		"--audience", audience, ...paths], { encoding: "utf8" });
}

const counts = { passed: 0, failed: 0 };

function check(name, body) {
	try {
		body();
		counts.passed++;
		console.log(`ok      ${name}`);
	} catch (error) {
		counts.failed++;
		console.log(`not ok  ${name}\n        ${error.message}`);
	}
}

function equal(actual, expected, what) {
	if (JSON.stringify(actual) !== JSON.stringify(expected))
		throw new Error(`${what}: ${JSON.stringify(actual)}, not ` +
			JSON.stringify(expected));
}

// What a reader has to count: skipped are those that nobody ran.
function expected_of(report) {
	const stopped = ["rejected", "build-error"].includes(report.score.status);
	const count = (wanted) => report.tests.filter((test) =>
		wanted.includes(test.status)).length;
	return {
		tests: report.tests.length + (stopped ? 1 : 0),
		passed: count(["pass"]),
		skipped: count(["skipped"]),
		broken: count(["inconclusive"]),
	};
}

// ---- each format's reader, for one report ----

const read = {
	junit(text, expected) {
		const ask = readers.junit(text, scratch);
		equal(ask("count(//testcase)"), String(expected.tests), "testcases");
		equal(ask("count(//skipped)"), String(expected.skipped), "skipped");
		equal(ask("count(//error)"), String(expected.broken), "errors");
		equal(ask("string(//testsuite/@failures)"), String(expected.tests -
			expected.passed - expected.skipped - expected.broken), "failures");
	},
	ctrf(text, expected) {
		const { summary } = readers.ctrf_report(text).results;
		equal([summary.tests, summary.passed, summary.skipped, summary.other],
			[expected.tests, expected.passed, expected.skipped,
				expected.broken], "summary");
	},
	sarif(text) {
		equal(readers.sarif(text).runs.length, 1, "runs");
	},
	gradescope(text, expected) {
		equal(readers.gradescope(text, here).tests.length, expected.tests,
			"tests");
	},
	tap(text, expected) {
		const { result, subtests } = readers.tap(text);
		equal(subtests.length, 1, "subtests");
		equal([subtests[0].count, subtests[0].skip, result.count],
			[expected.tests, expected.skipped, 1], "points");
		equal(result.ok, expected.passed + expected.skipped ===
			expected.tests, "ok");
	},
	csv(text, expected) {
		const rows = readers.csv(text);
		equal(rows.length, 1 + expected.tests, "rows");
		for (const cell of rows.flat())
			if (/^\s*[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)))
				throw new Error(`a formula: ${JSON.stringify(cell)}`);
		equal(rows.every((row) => row.length === rows[0].length), true,
			"rows of one width");
	},
};

rmSync(scratch, { recursive: true, force: true });
mkdirSync(scratch, { recursive: true });
const names = readdirSync(join(here, "reports")).map((name) =>
	name.replace(".json", ""));
const path_of = (name) => join(scratch, `${name}.json`);
const reports = {};
for (const name of names) {
	const report = JSON.parse(readFileSync(join(here, "reports", `${name}.json`)));
	reports[name] = report;
	reports[`hostile-${name}`] = spoil(report);
}
for (const [name, report] of Object.entries(reports))
	writeFileSync(path_of(name), JSON.stringify(report));

for (const format of formats) {
	for (const [name, report] of Object.entries(reports))
		check(`${format}: ${name}`, () => read[format](
			render(format, "grader", path_of(name)), expected_of(report)));
	check(`${format}: a candidate's view holds no word of a hidden test`, () => {
		for (const name of names) {
			writeFileSync(path_of("canary"),
				JSON.stringify(with_canaries(reports[name])));
			const text = render(format, "candidate", path_of("canary"));
			equal(text.includes(canary), false, name);
		}
	});
}

// ---- batches ----

const all = Object.keys(reports).map(path_of);
check("junit: a batch is suites of one document", () => {
	const ask = readers.junit(render("junit", "team", ...all), scratch);
	equal(ask("count(/testsuites/testsuite)"), String(all.length), "suites");
});
check("sarif: a batch is runs of one log", () => {
	equal(readers.sarif(render("sarif", "team", ...all)).runs.length, all.length,
		"runs");
});
check("tap: a batch is subtests of one document", () => {
	equal(readers.tap(render("tap", "team", ...all)).subtests.length, all.length,
		"subtests");
});
check("csv: a batch is one table", () => {
	const tests = Object.values(reports).map((report) => expected_of(report).tests);
	equal(readers.csv(render("csv", "team", ...all)).length,
		1 + tests.reduce((sum, count) => sum + count, 0), "rows");
});
for (const format of ["ctrf", "gradescope"])
	check(`${format}: a batch is a folder of documents`, () => {
		const folder = join(scratch, format);
		render(format, "team", "-o", folder, ...all);
		equal(readdirSync(folder).length, all.length, "documents");
		const refused = spawnSync(join(build, "assay"),
			["report", "--format", format, ...all]);
		equal(refused.status, 2, "without a folder");
	});

// ---- what is said comes out as it went in ----

check("junit: a message comes back through a parser", () => {
	const ask = readers.junit(render("junit", "grader",
		path_of("hostile-deadlock")), scratch);
	const message = ask("string(//failure/@message)");
	equal(message.includes(`]]><x a="1">&amp;&#0; # TODO \\ \ufffd[31m`), true,
		message);
});
check("ctrf: a message comes back through a parser", () => {
	const { tests } = readers.ctrf_report(render("ctrf", "grader",
		path_of("hostile-deadlock"))).results;
	equal(tests.some((test) => test.extra.property === hostile), true, "property");
});
check("gradescope: students see nothing of hidden tests", () => {
	for (const name of names) {
		writeFileSync(path_of("canary"),
			JSON.stringify(with_canaries(reports[name])));
		const document = readers.gradescope(render("gradescope", "grader",
			path_of("canary")), here);
		document.tests = document.tests.filter((test) =>
			test.visibility !== "hidden");
		equal(JSON.stringify(document).includes(canary), false, name);
	}
});
check("sarif: a deadlock is a flow of each thread, in the candidate's files", () => {
	const [run] = readers.sarif(render("sarif", "grader",
		path_of("deadlock"))).runs;
	const [result] = run.results.filter((one) => one.ruleId === "test/sums");
	equal(result.codeFlows[0].threadFlows.length,
		reports.deadlock.tests[0].threads.length, "threads");
	const place = result.locations[0].physicalLocation;
	equal([place.artifactLocation.uri, place.region.startLine],
		["counter.c", 18], "place");
});
check("sarif: a race is a flow of its stacks", () => {
	const [run] = readers.sarif(render("sarif", "grader", path_of("race"))).runs;
	const races = run.results.filter((one) => one.ruleId === "sanitizer/data-race");
	equal(races.length > 0 && races.every((one) => one.codeFlows), true, "flows");
});
check("sarif: a schedule is a flow of threads, with an order over all", () => {
	const [run] = readers.sarif(render("sarif", "grader",
		path_of("schedule"))).runs;
	const [result] = run.results.filter((one) =>
		one.ruleId === "test/freed-schedules");
	const steps = result.codeFlows.flatMap((flow) => flow.threadFlows)
		.flatMap((thread) => thread.locations)
		.map((step) => step.executionOrder).filter((order) => order >= 0);
	equal(steps.length > 10 && new Set(steps).size === steps.length, true, "steps");
});

console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exit(counts.failed ? 1 : 0);
