/*
 * example.h - what is sent in README.md, "An example"
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

static const char *const example[] = {
	"{\"op\":\"create\",\"vm\":\"web\",\"host\":\"h1\"}",
};

#endif
