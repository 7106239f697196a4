/*
 * tidy.h - what clang-tidy's analyzer cannot find out by itself
 *
 * "make tidy" puts it in front of every source; nothing is built with it. The
 * analyzer does not look into functions with variable arguments and so takes
 * it for possible that error_set() returns 0 after a failure.
 */
#ifndef ASSAY_TIDY_H
#define ASSAY_TIDY_H

#include <assay/error.h>

#define error_set(...) (error_set(__VA_ARGS__), -1)
#define error_errno(...) (error_errno(__VA_ARGS__), -1)
#define error_wrap(...) (error_wrap(__VA_ARGS__), -1)

#endif
