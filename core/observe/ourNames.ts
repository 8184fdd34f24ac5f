/** Shape of what `interfaceName` of the plan makes, as in fm300-tyo1: it tells ours from what else is on a node. */
export const interfaceNameShape = /^fm[0-9a-f]+-./;
