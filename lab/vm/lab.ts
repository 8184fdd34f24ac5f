export type { ImageState } from "./carrier";
export type { LabHost } from "./address";
export type { ExecResult } from "./connection";
export { findLab, Lab, labDown, type ExecOptions } from "./runningLab";
export type { LabState } from "./state";
export type { Fault } from "./underlay";
export { poolPackages } from "./tree";
export { labUp, prepareImage, type LabUpOptions } from "./up";
