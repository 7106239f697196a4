/* example.h - the example of README.md, line for line */
#ifndef BROKER_EXAMPLE_H
#define BROKER_EXAMPLE_H

static const char *const example[] = {
	"> {\"op\":\"declare\",\"q\":\"jobs\",\"limit\":1,\"dlq\":\"failed\"}",
	"> {\"op\":\"declare\",\"q\":\"failed\"}",
	"> "
	"{\"op\":\"publish\",\"seq\":1,\"q\":\"jobs\",\"mid\":\"m1\",\"body\":"
	"\"resize vm 7\",\"mandatory\":true}",
	"> "
	"{\"op\":\"publish\",\"seq\":2,\"q\":\"jobs\",\"mid\":\"m2\",\"body\":"
	"\"stop vm 9\",\"mandatory\":true}",
	"> "
	"{\"op\":\"publish\",\"seq\":3,\"q\":\"nowhere\",\"mid\":\"m3\","
	"\"body\":\"start vm 4\",\"mandatory\":true}",
	"> {\"op\":\"consume\",\"ch\":1,\"q\":\"jobs\",\"prefetch\":1}",
	"> {\"op\":\"sync\",\"n\":1}",
	"< "
	"{\"op\":\"deliver\",\"ch\":1,\"tag\":1,\"mid\":\"m1\",\"body\":"
	"\"resize vm 7\",\"redelivered\":false,\"count\":0,\"deaths\":[]}",
	"< {\"op\":\"confirm\",\"seq\":1,\"ok\":true}",
	"< {\"op\":\"confirm\",\"seq\":2,\"ok\":true}",
	"< {\"op\":\"return\",\"seq\":3}",
	"< {\"op\":\"confirm\",\"seq\":3,\"ok\":true}",
	"< {\"op\":\"synced\",\"n\":1}",
	"> {\"op\":\"consume\",\"ch\":2,\"q\":\"failed\",\"prefetch\":0}",
	"> "
	"{\"op\":\"nack\",\"ch\":1,\"tag\":1,\"multiple\":false,\"requeue\":"
	"true}",
	"> {\"op\":\"sync\",\"n\":2}",
	"< "
	"{\"op\":\"deliver\",\"ch\":1,\"tag\":2,\"mid\":\"m1\",\"body\":"
	"\"resize vm 7\",\"redelivered\":true,\"count\":1,\"deaths\":[]}",
	"< {\"op\":\"synced\",\"n\":2}",
	"> "
	"{\"op\":\"nack\",\"ch\":1,\"tag\":2,\"multiple\":false,\"requeue\":"
	"true}",
	"> {\"op\":\"sync\",\"n\":3}",
	"< "
	"{\"op\":\"deliver\",\"ch\":2,\"tag\":1,\"mid\":\"m1\",\"body\":"
	"\"resize vm "
	"7\",\"redelivered\":false,\"count\":0,\"deaths\":[{\"q\":\"jobs\","
	"\"reason\":\"limit\"}]}",
	"< "
	"{\"op\":\"deliver\",\"ch\":1,\"tag\":3,\"mid\":\"m2\",\"body\":\"stop "
	"vm 9\",\"redelivered\":false,\"count\":0,\"deaths\":[]}",
	"< {\"op\":\"synced\",\"n\":3}",
	"> {\"op\":\"ack\",\"ch\":2,\"tag\":1,\"multiple\":false}",
	"> {\"op\":\"sync\",\"n\":4}",
	"< {\"op\":\"synced\",\"n\":4}",
	"! killed with SIGKILL, and started again",
	"> {\"op\":\"consume\",\"ch\":1,\"q\":\"jobs\",\"prefetch\":10}",
	"> {\"op\":\"consume\",\"ch\":2,\"q\":\"failed\",\"prefetch\":10}",
	"> {\"op\":\"sync\",\"n\":5}",
	"< "
	"{\"op\":\"deliver\",\"ch\":1,\"tag\":1,\"mid\":\"m2\",\"body\":\"stop "
	"vm 9\",\"redelivered\":true,\"count\":1,\"deaths\":[]}",
	"< {\"op\":\"synced\",\"n\":5}",
	"> {\"op\":\"ack\",\"ch\":2,\"tag\":1,\"multiple\":false}",
	"> {\"op\":\"sync\",\"n\":6}",
	"< {\"op\":\"chan_error\",\"ch\":2,\"code\":406}",
	"< {\"op\":\"synced\",\"n\":6}",
};

#endif
