/*
 * xml.h - text that stands in a document of XML 1.0
 */
#ifndef ASSAY_XML_H
#define ASSAY_XML_H

#include <stdio.h>

/**
 * Write @text to @out so that a parser gives it back, as content or between
 * double quotes: markup is escaped, and so is white space where a parser would
 * make it a blank. What no document may hold, not even escaped (XML 1.0,
 * production 2: most control characters, U+FFFE, U+FFFF), and what is not
 * UTF-8 becomes U+FFFD.
 */
void xml_text(FILE *out, const char *text);
void xml_quoted(FILE *out, const char *text);

/** ' NAME="TEXT"' */
void xml_attribute(FILE *out, const char *name, const char *text);

#endif
