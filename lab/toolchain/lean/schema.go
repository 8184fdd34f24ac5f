package cloud

import "errors"

func parseIndex([]byte) (*Index, error) {
	return nil, errors.New("this pulumi was built for the lab, without the API of Pulumi Cloud")
}

func mdInline(text string) string { return text }

func markdownEnumTail([]string) string { return "" }
