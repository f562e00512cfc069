package import ADMDisk

/// The part file of a job as the layers above see it: something to hand back.
package typealias OpenPart = PartFile
