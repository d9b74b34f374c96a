/** The numbers that optimizers begin with, each with its source. Rates are starting points, to be tuned first of all. */
export const defaults = {
  gradientDescent: { rate: 0.01 /* Keras, TensorFlow */ },
  momentum: {
    rate: 0.1 /* 0.01 of the usual form / (1 - beta) */,
    beta: 0.9 /* Sutskever et al. 2013 and the notes */,
  },
  rmsprop: {
    rate: 0.001 /* Tieleman and Hinton 2012, lecture 6e */,
    beta: 0.9 /* the same */,
    epsilon: 1e-8 /* PyTorch; Keras 1e-7 */,
  },
  adam: {
    rate: 0.001 /* Kingma and Ba 2015, algorithm 1, as the following */,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8 /* Keras 1e-7, fastai 1e-5 */,
  },
  adamW: { decay: 0.01 /* PyTorch */ },
  nadam: { rate: 0.002, rise: 0.004 /* PyTorch, both */ },
  adamax: { rate: 0.002 /* Kingma and Ba 2015, algorithm 2 */ },
  adadelta: { rate: 1, beta: 0.9, epsilon: 1e-6 /* Zeiler 2012, section 4; PyTorch */ },
  lion: { rate: 1e-4, beta1: 0.9, beta2: 0.99 /* Chen et al. 2023, section 5 */ },
  lamb: { rate: 0.001, epsilon: 1e-6 /* You et al. 2020, their code */ },
  adagrad: { rate: 0.01 /* PyTorch, Keras */, epsilon: 1e-10 /* PyTorch */ },
} as const;

/**
 * Below this a moment is set to 0: denormal numbers make arithmetic many times slower on common processors, and moments
 * of units that went silent decay into them. Far below what any epsilon lets through.
 */
export const SMALLEST = 1e-30;
