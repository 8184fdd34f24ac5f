// Package hashivault stands in for a driver that the lab has no use for.
package hashivault
