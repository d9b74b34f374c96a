/** Defaults that whoever reads a saved layer needs without the layer itself: old models leave out what is the default. */

/** Added to the variance under the root, where a layer normalizes (PyTorch). */
export const NORM_EPSILON = 1e-5;

/** The slope of a leaky ReLU below 0 (Maas et al. 2013; PyTorch). */
export const LEAKY_SLOPE = 0.01;

/** Minus the value of an ELU far below 0 (Clevert et al. 2016). */
export const ELU_ALPHA = 1;
