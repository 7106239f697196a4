/*
 * version.h - which assay this is; in reports and in "assay --version"
 */
#ifndef ASSAY_VERSION_H
#define ASSAY_VERSION_H

#define ASSAY_VERSION "0.1.0"

#endif
