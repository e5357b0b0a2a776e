/* The same fits at more points, for tables of measurements. */
#define NODES 256
#define CHECKS 1024
#include "fit.c"
