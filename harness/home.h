/*
 * home.h - where the program finds what belongs to it
 *
 * The answers are worked out once and live as long as the process.
 */
#ifndef ASSAY_HOME_H
#define ASSAY_HOME_H

/**
 * The folder of exercises: $ASSAY_EXERCISES, else beside the binary,
 * build/../exercises in a source tree, PREFIX/share/assay/exercises when
 * installed. NULL when there is none.
 */
const char *home_exercises(void);

/**
 * The program assay-sandbox: $ASSAY_SANDBOX, else in the binary's own folder,
 * else PREFIX/libexec/assay/assay-sandbox. NULL when there is none.
 */
const char *home_sandbox(void);

/**
 * The object explore.o, which programs of variant "explore" are linked with:
 * $ASSAY_EXPLORE, else found as the program assay-sandbox is. NULL when there
 * is none.
 */
const char *home_explore(void);

/** The same of the program keeper, which starts dialogues: $ASSAY_KEEPER. */
const char *home_keeper(void);

/** The same of libjudge.a, the kit as judges link it: $ASSAY_JUDGE_LIBRARY. */
const char *home_judge_library(void);

#endif
