// Package gcpkms stands in for a driver of secrets in gcpkms://, which the lab has no use for.
package gcpkms

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/gcp"
	"gocloud.dev/secrets"
)

const Scheme = "gcpkms"

type Client struct{}

func Dial(context.Context, gcp.TokenSource) (*Client, func(), error) {
	return nil, nil, errors.New("this pulumi was built for the lab, without gcpkms://")
}

type URLOpener struct{ Client *Client }

func (*URLOpener) OpenKeeperURL(context.Context, *url.URL) (*secrets.Keeper, error) {
	return nil, errors.New("this pulumi was built for the lab, without gcpkms://")
}
