/* nothing, but the exercise's own */
