/*
 * play.h - a scene, played with the candidate's scheduler
 */
#ifndef SCHEDULER_PLAY_H
#define SCHEDULER_PLAY_H

#include "session.h"

/** From its fleet line to its last event. */
void play_scene(const struct scene *scene, struct dialogue *dialogue);

#endif
